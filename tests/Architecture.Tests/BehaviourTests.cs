using System.Globalization;
using System.Text.RegularExpressions;
using Strangler.Tests.Servers;

namespace Architecture.Tests;

/// <summary>Holds strangler/Strangler.AntiCorruption/BEHAVIOURS.md to the tests, and the tests to the list.</summary>
public sealed partial class BehaviourTests
{
    private const int Last = 72;

    private static readonly IReadOnlyList<(int Number, string State)> Page = [.. Row().Matches(File.ReadAllText(Repository.PathOf("strangler", "Strangler.AntiCorruption", "BEHAVIOURS.md")))
        .Select(row => (Number(row.Groups["number"]), row.Groups["state"].Value))];

    private static readonly HashSet<int> Shown = SourceFile.Below(Repository.PathOf("tests"))
        .SelectMany(file => Attribute().Matches(file.Text)).SelectMany(match => match.Groups["number"].Captures).Select(Number).ToHashSet();

    [Fact]
    public void Every_behaviour_stands_in_the_page_once_and_in_order() => Assert.Equal(Enumerable.Range(1, Last), Page.Select(line => line.Number));

    [Fact]
    public void A_behaviour_that_is_said_to_be_shown_has_a_test() =>
        Assert.Empty(Page.Where(line => line.State == "shown" && !Shown.Contains(line.Number)).Select(line => line.Number));

    [Fact]
    public void A_behaviour_that_has_a_test_is_said_to_be_shown() =>
        Assert.Empty(Page.Where(line => line.State != "shown" && Shown.Contains(line.Number)).Select(line => line.Number));

    [Fact]
    public void A_behaviour_without_a_test_says_what_it_waits_for() =>
        Assert.Empty(Page.Where(line => line.State != "shown" && !line.State.StartsWith("later: ", StringComparison.Ordinal)).Select(line => line.Number));

    [Fact]
    public void No_test_bears_a_number_that_is_not_on_the_list() => Assert.DoesNotContain(Shown, number => number is < 1 or > Last);

    private static int Number(Capture text) => int.Parse(text.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| (?<number>\d+) \| [^|]+ \| (?<state>[^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\s+\[Behaviour\((?:(?<number>\d+)(?:, )?)+\)\]", RegexOptions.Multiline)]
    private static partial Regex Attribute();
}
