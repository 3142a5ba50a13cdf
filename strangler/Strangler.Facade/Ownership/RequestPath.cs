using System.Buffers;
using System.Text;

namespace Strangler.Facade;

/// <summary>
/// The path that ownership is decided by: the raw target without query, percent-decoded, dot segments resolved, so that no spelling
/// of a path leads around its owner. <c>%2F</c> and <c>%5C</c> stay encoded and bytes that are no UTF-8 stay as they are, which is how
/// a Kestrel-hosted application reads a target; a <see cref="PathReading"/> reads it as other servers do. What is forwarded is the raw
/// target, never this.
/// </summary>
internal static class RequestPath
{
    private static readonly SearchValues<char> Needy = SearchValues.Create("%");

    // What any reading could take for something else.
    private static readonly SearchValues<char> Odd = SearchValues.Create("%\\;");

    public static ReadOnlySpan<char> Of(string rawTarget, PathReading reading = PathReading.Plain)
    {
        var path = PathPart(rawTarget);
        if (reading != PathReading.Plain) return Read(path, reading);
        if (!path.ContainsAny(Needy)) return path.Contains("/.", StringComparison.Ordinal) ? WithoutDotSegments(path.ToArray()) : path;
        return WithoutDotSegments(Decoded(path, reading));
    }

    private static ReadOnlySpan<char> Read(ReadOnlySpan<char> path, PathReading reading)
    {
        if (!path.ContainsAny(Odd) && !path.Contains("/.", StringComparison.Ordinal) && !path.Contains("//", StringComparison.Ordinal)) return path;
        // Servers cut parameters off before they decode: an encoded ';' is a letter.
        var bare = reading.HasFlag(PathReading.WithoutParameters) ? WithoutParameters(path, reading) : path;
        var decoded = Decoded(bare, reading);
        return WithoutDotSegments(reading.HasFlag(PathReading.MergedSlashes) ? Merged(decoded) : decoded);
    }

    private static ReadOnlySpan<char> PathPart(ReadOnlySpan<char> target)
    {
        var query = target.IndexOf('?');
        if (query >= 0) target = target[..query];
        if (target.StartsWith("/") || target is "*") return target;
        var scheme = target.IndexOf("://");
        if (scheme < 0) return target;
        var authority = target[(scheme + 3)..];
        var slash = authority.IndexOf('/');
        return slash < 0 ? "/" : authority[slash..];
    }

    private static ReadOnlySpan<char> WithoutParameters(ReadOnlySpan<char> path, PathReading reading)
    {
        var kept = new char[path.Length];
        var written = 0;
        var inside = false;
        foreach (var letter in path)
        {
            if (letter == ';') inside = true;
            else if (letter == '/' || (letter == '\\' && reading.HasFlag(PathReading.Backslashes))) inside = false;
            if (!inside) kept[written++] = letter;
        }

        return kept.AsSpan(0, written);
    }

    private static Span<char> Merged(Span<char> path)
    {
        var written = 0;
        foreach (var letter in path)
        {
            if (letter != '/' || written == 0 || path[written - 1] != '/') path[written++] = letter;
        }

        return path[..written];
    }

    private static Span<char> Decoded(ReadOnlySpan<char> path, PathReading reading)
    {
        var (slashes, backslashes) = (reading.HasFlag(PathReading.EncodedSlashes), reading.HasFlag(PathReading.Backslashes));
        var decoded = new char[path.Length];
        Span<byte> bytes = stackalloc byte[4];
        int read = 0, written = 0;
        while (read < path.Length)
        {
            var count = 0;
            while (count < 4 && TryByte(path, read + (3 * count), out bytes[count])) count++;
            if (count > 0 && Rune.DecodeFromUtf8(bytes[..count], out var rune, out var used) == OperationStatus.Done
                && (rune.Value switch { '/' => slashes, '\\' => backslashes, _ => true }))
            {
                written += rune.EncodeToUtf16(decoded.AsSpan(written));
                read += 3 * used;
            }
            else
            {
                decoded[written++] = path[read++];
            }
        }

        var whole = decoded.AsSpan(0, written);
        if (backslashes) whole.Replace('\\', '/');
        return whole;
    }

    private static bool TryByte(ReadOnlySpan<char> path, int index, out byte value)
    {
        value = 0;
        if (index + 2 >= path.Length || path[index] != '%' || !char.IsAsciiHexDigit(path[index + 1]) || !char.IsAsciiHexDigit(path[index + 2])) return false;
        value = (byte)((HexValue(path[index + 1]) << 4) | HexValue(path[index + 2]));
        return true;
    }

    private static int HexValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit & ~0x20) - 'A' + 10;

    /// <summary>RFC 3986, 5.2.4, in place; the path begins with a slash.</summary>
    private static ReadOnlySpan<char> WithoutDotSegments(Span<char> path)
    {
        int read = 0, written = 0;
        while (read < path.Length)
        {
            var rest = path[(read + 1)..];
            var length = rest.IndexOf('/');
            var segment = length < 0 ? rest : rest[..length];
            var last = length < 0;
            if (segment is "." or "..")
            {
                if (segment.Length == 2) written = Math.Max(path[..written].LastIndexOf('/'), 0);
                if (last) path[written++] = '/';
            }
            else
            {
                path.Slice(read, segment.Length + 1).CopyTo(path[written..]);
                written += segment.Length + 1;
            }

            read += segment.Length + 1;
        }

        return path[..written];
    }
}
