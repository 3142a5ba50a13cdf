using System.Text.RegularExpressions;

namespace Strangler.AntiCorruption;

/// <summary>Which rows a backfill reads: those that meet every condition. Compared by the source, as its columns' types compare.</summary>
public sealed partial class BackfillFilter
{
    private BackfillFilter(IReadOnlyList<Condition> conditions) => Conditions = conditions;

    /// <summary>Every row.</summary>
    public static BackfillFilter All { get; } = new([]);

    /// <summary>One comparison of a column.</summary>
    /// <param name="Column">Name as the source spells it.</param>
    /// <param name="Operator">One of <c>= &lt;&gt; &lt; &lt;= &gt; &gt;=</c>.</param>
    /// <param name="Value">What it is compared with, as text.</param>
    public sealed record Condition(string Column, string Operator, string Value);

    /// <summary>The conditions; none for every row.</summary>
    public IReadOnlyList<Condition> Conditions { get; }

    /// <summary>Reads <c>company = 7</c> or <c>company = 7 and city = Porto Alegre</c>. Empty or null: every row.</summary>
    /// <exception cref="FormatException">It reads otherwise; says how it should.</exception>
    public static BackfillFilter Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return All;
        return new([.. Separator().Split(text).Select(static part => Comparison().Match(part) is { Success: true } match
            ? new Condition(match.Groups["column"].Value, match.Groups["operator"].Value, match.Groups["value"].Value)
            : throw new FormatException($"'{part}' is no condition; write COLUMN = VALUE (or <>, <, <=, >, >=), and 'and' between several."))]);
    }

    /// <summary>The form that <see cref="Parse"/> reads; empty for every row.</summary>
    public override string ToString() => string.Join(" and ", Conditions.Select(static condition => $"{condition.Column} {condition.Operator} {condition.Value}"));

    [GeneratedRegex(@"\s+and\s+", RegexOptions.IgnoreCase)]
    private static partial Regex Separator();

    [GeneratedRegex(@"^\s*(?<column>[^\s=<>]+)\s*(?<operator><=|>=|<>|=|<|>)\s*(?<value>.*?)\s*$")]
    private static partial Regex Comparison();
}
