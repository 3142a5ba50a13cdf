using System.Text;

namespace Strangler.Facade.Tests;

/// <summary>Small tables for tests.</summary>
internal static class Tables
{
    public const string Moving = "moving";

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

    /// <summary>
    /// A table in which every request belongs to the route <see cref="Moving"/>, of which a canary has half the users, or to its like for the path "/" (in stage
    /// shadow, where no route may take every path). Only "/people" belongs to a service of its own, in every place.
    /// </summary>
    /// <param name="place">Who answers, and so the route's stage.</param>
    /// <param name="more">More members of the route, each followed by a comma.</param>
    /// <param name="owner">More members of both owners, each preceded by a comma.</param>
    public static byte[] At(Place place, string more = "", string owner = "") => Encoding.UTF8.GetBytes($$"""
        {
          "legacy": { "address": "http://127.0.0.1:8082"{{owner}} },
          "services": { "orders": { "destinations": ["http://127.0.0.1:8083"]{{owner}} }, "people": { "destinations": ["http://127.0.0.1:8084"]{{owner}} } },
          "routes": [
            { "id": "people", "match": { "path": "/people" }, "service": "people", "stage": "service" },
            {{(place == Place.InShadow ? Everything(place, "root", "/", more) + Everything(place, Moving, "/{first}/{**rest}", more) : Everything(place, Moving, "/{**rest}", more))}}
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

    // Two routes of equal paths would be ambiguous, so this one names the methods that everything-else leaves to it.
    private static string Everything(Place place, string id, string path, string more) => $$"""
        {
          "id": "{{id}}",
          "match": { "path": "{{path}}", "methods": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "PURGE", "CONNECT"] },
          "canary": { "share": 50, "writes": "split" },
          {{more}}
          "service": "orders",
          "stage": "{{place.Stage().Word()}}"
        },
        """;
}
