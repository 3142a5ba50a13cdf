using System.Text.RegularExpressions;
using Strangler.Tests.Servers;

namespace Strangler.Cli.Tests;

/// <summary>strangler/README.md, as far as it promises something about the tool.</summary>
internal static partial class Readme
{
    public static string Text { get; } = File.ReadAllText(Repository.PathOf("strangler", "README.md"));

    /// <summary>The command lines of indented blocks: to be typed as they stand.</summary>
    public static IReadOnlyList<string[]> Typed { get; } = [.. Text.Split('\n').Where(line => line.StartsWith("    strangler ", StringComparison.Ordinal)).Select(Words)];

    /// <summary>The command lines of the table, with their placeholders and brackets.</summary>
    public static IReadOnlyList<string[]> Described { get; } = [.. Text.Split('\n').Where(line => line.StartsWith("| `strangler ", StringComparison.Ordinal)).Select(line => Words(line.Split('`')[1]))];

    /// <summary>Splits as a shell does, without the tool's own name; brackets of the table go.</summary>
    private static string[] Words(string line) =>
        [.. Word().Matches(line).Skip(1).Select(word => word.Value.Trim('"', '[', ']'))];

    [GeneratedRegex("\"[^\"]*\"|[^ ]+")]
    private static partial Regex Word();
}
