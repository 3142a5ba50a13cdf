using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace Strangler.Facade;

/// <summary>What a body is compared as.</summary>
internal enum BodyKind
{
    Bytes,
    Text,
    Html,
    Xml,
    Json,
}

/// <summary>A body unpacked and, when its media type says that it is text, decoded.</summary>
/// <param name="Kind">What it is compared as.</param>
/// <param name="Bytes">Unpacked; as sent when it cannot be unpacked.</param>
/// <param name="Text">Decoded; null for <see cref="BodyKind.Bytes"/>.</param>
internal sealed record ReadableBody(BodyKind Kind, byte[] Bytes, string? Text)
{
    // A small body may unpack to gigabytes.
    private const int MostUnpacked = 16 * 1024 * 1024;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public static ReadableBody Of(OwnerAnswer answer)
    {
        if (Unpacked(answer) is not { } bytes) return new(BodyKind.Bytes, answer.Body, null);
        _ = MediaTypeHeaderValue.TryParse(answer.Value("Content-Type"), out var type);
        var kind = KindOf(type?.MediaType ?? "");
        return kind == BodyKind.Bytes ? new(kind, bytes, null) : new(kind, bytes, Decoded(bytes, type!.CharSet, kind));
    }

    private static BodyKind KindOf(string type)
    {
        type = type.ToLowerInvariant();
        if (type is "application/json" or "text/json" || type.EndsWith("+json", StringComparison.Ordinal)) return BodyKind.Json;
        if (type is "text/html" or "application/xhtml+xml") return BodyKind.Html;
        if (type is "application/xml" or "text/xml" || type.EndsWith("+xml", StringComparison.Ordinal)) return BodyKind.Xml;
        var text = type.StartsWith("text/", StringComparison.Ordinal)
            || type is "application/javascript" or "application/x-www-form-urlencoded" or "application/x-ndjson";
        return text ? BodyKind.Text : BodyKind.Bytes;
    }

    /// <summary>Null when a coding is unknown, the bytes are not what it says, or far too many come out.</summary>
    private static byte[]? Unpacked(OwnerAnswer answer)
    {
        var bytes = answer.Body;
        var codings = answer.Values("Content-Encoding").SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        foreach (var coding in codings.Reverse())
        {
            if (bytes.Length == 0) break;
            var packed = bytes;
            var unpacked = coding.ToLowerInvariant() switch
            {
                "gzip" or "x-gzip" => ReadAll(new GZipStream(Packed(), CompressionMode.Decompress)),
                "br" => ReadAll(new BrotliStream(Packed(), CompressionMode.Decompress)),
                // Old servers leave the frame out, and browsers do without.
                "deflate" => ReadAll(new ZLibStream(Packed(), CompressionMode.Decompress)) ?? ReadAll(new DeflateStream(Packed(), CompressionMode.Decompress)),
                "identity" => packed,
                _ => null,
            };
            if (unpacked is null) return null;
            bytes = unpacked;

            MemoryStream Packed() => new(packed, writable: false);
        }

        return bytes;
    }

    private static byte[]? ReadAll(Stream stream)
    {
        using (stream)
        {
            var all = new MemoryStream();
            var chunk = new byte[16 * 1024];
            try
            {
                int read;
                while ((read = stream.Read(chunk)) > 0)
                {
                    if (all.Length + read > MostUnpacked) return null;
                    all.Write(chunk, 0, read);
                }
            }
            catch (Exception cause) when (cause is InvalidDataException or InvalidOperationException)
            {
                return null;
            }

            return all.ToArray();
        }
    }

    private static string Decoded(byte[] bytes, string? charset, BodyKind kind)
    {
        using var marked = new MemoryStream(bytes, writable: false);
        if (charset is null && kind is BodyKind.Html or BodyKind.Xml) charset = Declared(bytes, kind == BodyKind.Html ? "charset=" : "encoding=");
        if (charset is not null && Named(charset.Trim('"')) is { } named) return new StreamReader(marked, named).ReadToEnd();
        try
        {
            return new StreamReader(marked, StrictUtf8).ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            // What old applications send without saying so, and what browsers then assume.
            return Named("windows-1252")!.GetString(bytes);
        }
    }

    private static string? Declared(byte[] page, string word)
    {
        var head = Encoding.Latin1.GetString(page, 0, Math.Min(page.Length, 1024));
        var at = head.IndexOf(word, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? null : string.Concat(head[(at + word.Length)..].TrimStart('"', '\'').TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or ':'));
    }

    private static Encoding? Named(string charset)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
