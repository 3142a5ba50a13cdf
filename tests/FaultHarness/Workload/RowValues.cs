using Strangler.Faults.Subject;

namespace Strangler.Faults.Workload;

/// <summary>What a row holds.</summary>
/// <param name="N">Higher than that of every earlier write of the same writer, also of those that were rolled back.</param>
/// <param name="Note">Short; null, empty, or text of every kind.</param>
/// <param name="Big">Null, or 2 to 12 KiB.</param>
internal sealed record RowValues(long N, string? Note, string? Big)
{
    private static readonly string[] Notes =
    [
        "", " ", "plain", "Zoë Ærøskøbing", "日本語のメモ", "🧪👩‍🔬", "tab\tand\nnew line", "quote ' and \" and \\", "{\"json\": [null]}", "\\N", "100%_%s", "e\u0301 decomposed", "\u200Fright to left עברית",
    ];

    public string Hash => RowHash.Of(N, Note, Big);

    public static string? RandomNote(Random random) => random.Next(10) == 0 ? null : Notes[random.Next(Notes.Length)];

    public static string? RandomBig(Random random)
    {
        if (random.Next(4) == 0) return null;
        var bytes = new byte[random.Next(1_600, 9_000)];
        random.NextBytes(bytes);
        return Convert.ToBase64String(bytes);
    }
}
