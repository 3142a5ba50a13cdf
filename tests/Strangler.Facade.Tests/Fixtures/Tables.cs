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
