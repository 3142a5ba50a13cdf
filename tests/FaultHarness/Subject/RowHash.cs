using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Strangler.Faults.Subject;

/// <summary>
/// Digest of every byte of a row, the same computed by whoever committed it and, in SQL, over what a store keeps: bytes of the note, bytes of the
/// large value ("-" for null), and SHA-256 of all. The lengths tell a person which value differs.
/// </summary>
internal static class RowHash
{
    /// <summary>
    /// An expression over columns <c>n</c>, <c>note</c>, <c>big</c> and <c>big_known</c>; null while the large value was never told. A null value differs
    /// from an empty text.
    /// </summary>
    public const string Sql =
        "case when big_known then concat(coalesce(octet_length(note)::text, '-'), '/', coalesce(octet_length(big)::text, '-'), '/', "
        + "encode(sha256(convert_to(concat(n, '|', coalesce('=' || note, '-'), '|', coalesce('=' || big, '-')), 'UTF8')), 'hex')) end";

    public static string Of(long n, string? note, string? big)
    {
        var all = string.Create(CultureInfo.InvariantCulture, $"{n}|{(note is null ? "-" : "=" + note)}|{(big is null ? "-" : "=" + big)}");
        return $"{Length(note)}/{Length(big)}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))}";
    }

    private static string Length(string? text) => text is null ? "-" : Encoding.UTF8.GetByteCount(text).ToString(CultureInfo.InvariantCulture);
}
