using System.Text;

namespace Strangler.Facade.Tests;

/// <summary>Small tables for tests.</summary>
internal static class Tables
{
    public const string EverythingElse = """{ "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }""";

    public static byte[] File(string routes, string extra = "") => Encoding.UTF8.GetBytes($$"""
        { {{extra}}
          "legacy": { "address": "http://127.0.0.1:8082" },
          "services": { "orders": { "destinations": ["http://127.0.0.1:8083"] }, "people": { "destinations": ["http://127.0.0.1:8084"] } },
          "routes": [ {{routes}}
            {{EverythingElse}}
          ]
        }
        """);

    /// <summary>A table in which a route takes every request, in that stage. <c>everything-else</c> is there, and nothing reaches it (in stage shadow, which no route of every path may have: "/" alone).</summary>
    /// <param name="stage">The stage of the route.</param>
    /// <param name="more">More members of the route, each followed by a comma.</param>
    /// <param name="owner">More members of both owners, each preceded by a comma.</param>
    public static byte[] InStage(Stage stage, string more = "", string owner = "") => Encoding.UTF8.GetBytes($$"""
        {
          "legacy": { "address": "http://127.0.0.1:8082"{{owner}} },
          "services": { "orders": { "destinations": ["http://127.0.0.1:8083"]{{owner}} } },
          "routes": [
            { "id": "moving", "match": { "path": "{{(stage == Stage.Shadow ? "/{first}/{**rest}" : "/{**rest}")}}", "methods": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "PURGE", "CONNECT"] }, {{more}} "service": "orders", "stage": "{{stage.Word()}}" },
            {{EverythingElse}}
          ]
        }
        """);

    public static OwnershipTable Of(string routes, string extra = "") => Good(RoutesFile.Parse(File(routes, extra)));

    public static OwnershipTable Good(RoutesFileResult result)
    {
        Assert.Empty(result.Errors);
        return result.Table!;
    }

    /// <summary>The same file with another text in it.</summary>
    public static byte[] Replacing(this byte[] file, string text, string other)
    {
        var before = Encoding.UTF8.GetString(file);
        Assert.Contains(text, before);
        return Encoding.UTF8.GetBytes(before.Replace(text, other));
    }
}
