using System.IO.Compression;
using System.Text;

namespace Strangler.Facade.Tests;

/// <summary>Answers to compare, written short.</summary>
internal static class Answers
{
    public static OwnerAnswer Of(string type, string body, params string[] headers) => Of(type, Encoding.UTF8.GetBytes(body), headers);

    public static OwnerAnswer Of(string type, byte[] body, params string[] headers) => new(200, [new("Content-Type", type), .. headers.Select(Header)], body);

    public static OwnerAnswer Json(string body, params string[] headers) => Of("application/json", body, headers);

    public static OwnerAnswer Html(string body, params string[] headers) => Of("text/html; charset=utf-8", body, headers);

    /// <summary>Each difference as "field kind", with the number of places when there are several.</summary>
    public static string[] Differences(OwnerAnswer legacy, OwnerAnswer candidate) =>
        [.. AnswerComparison.Compare(legacy, candidate, ["shop.example", "127.0.0.1:8082"]).Select(difference => $"{difference.Field} {difference.Word}{(difference.Places > 1 ? $" x{difference.Places}" : "")}")];

    public static byte[] Packed(string coding, string text)
    {
        using var packed = new MemoryStream();
        using (Stream packing = coding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Optimal),
            "br" => new BrotliStream(packed, CompressionLevel.Optimal),
            _ => new ZLibStream(packed, CompressionLevel.Optimal),
        }) packing.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    private static KeyValuePair<string, string> Header(string line) => new(line.Split(':')[0], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
}
