using System.Net;
using System.Text;

namespace Clinic.AntiCorruption.Readings;

/// <summary>
/// Undoes, in this order: HTML entities typed into a form; UTF-8 read as Windows-1252 or Latin-1, up to three times over; stray
/// Windows-1252 bytes; typographic quotes; control characters; decomposed accents; runs of white space. The order is the
/// legacy screens' own, so that what is read here is what their users see.
/// </summary>
internal static class BrokenText
{
    private const int MostRounds = 3;

    // Windows-1252, bytes 80 to 9F; '\0' where the code page has nothing.
    private const string Windows1252 =
        "\u20AC\0\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\0\u017D\0\0\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\0\u017E\u0178";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static (string Text, IReadOnlyList<string> Repairs) Repair(string text)
    {
        if (IsSound(text)) return (text, []);

        var repairs = new List<string>();
        var decoded = Note(WebUtility.HtmlDecode(text), text, "entities-decoded");
        var rightlyRead = decoded;
        for (var round = 0; round < MostRounds && Reread(rightlyRead) is { } better; round++) rightlyRead = better;
        var whole = Note(string.Concat(rightlyRead.Select(FromWindows1252)), decoded, "encoding-repaired");
        var plain = Note(string.Concat(whole.Select(PlainQuote)), whole, "quotes-straightened");
        var printable = Note(string.Concat(plain.Where(IsPrintable)), plain, "controls-dropped");

        // U+FFFD is where an earlier reader gave up on a letter; the screens have always shown a question mark for it.
        var words = printable.Replace('\uFFFD', '?').Normalize(NormalizationForm.FormC).Split(default(char[]), StringSplitOptions.RemoveEmptyEntries);
        return (string.Join(' ', words), repairs);

        string Note(string after, string before, string repair)
        {
            if (!string.Equals(after, before, StringComparison.Ordinal)) repairs.Add(repair);
            return after;
        }
    }

    /// <summary>The text with each character taken for the byte it was read from and all bytes read as UTF-8; null when that cannot be, which is what sound text gives.</summary>
    private static string? Reread(string text)
    {
        var bytes = new byte[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            int value = text[i];
            if (value > 0xFF) value = Windows1252.IndexOf(text[i], StringComparison.Ordinal) + 0x80;
            if (value < 0x80 && text[i] > 0xFF) return null;
            bytes[i] = (byte)value;
        }

        if (!bytes.AsSpan().ContainsAnyInRange((byte)0x80, (byte)0xFF)) return null;

        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static char FromWindows1252(char c) => c switch
    {
        >= '\u0080' and <= '\u009F' when Windows1252[c - 0x80] is var meant and not '\0' => meant,
        _ => c,
    };

    private static char PlainQuote(char c) => c switch
    {
        >= '\u2018' and <= '\u201B' => '\'',
        >= '\u201C' and <= '\u201F' => '"',
        _ => c,
    };

    /// <summary>Plain ASCII words with one blank between them, as most names are: nothing below would change them.</summary>
    private static bool IsSound(string text) =>
        !text.AsSpan().ContainsAnyExceptInRange(' ', '~')
        && !text.Contains('&')
        && !text.StartsWith(' ') && !text.EndsWith(' ') && !text.Contains("  ", StringComparison.Ordinal);

    private static bool IsPrintable(char c) => !char.IsControl(c) || c is '\t' or '\n' or '\r';
}
