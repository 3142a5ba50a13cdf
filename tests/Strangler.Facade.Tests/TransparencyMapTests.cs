using System.Text.RegularExpressions;

namespace Strangler.Facade.Tests;

/// <summary>Holds TRANSPARENCY.md to the tests, and the tests to the list.</summary>
public sealed partial class TransparencyMapTests
{
    [Fact]
    public void Every_line_of_the_list_stands_in_the_page_once_and_in_order() =>
        Assert.Equal(Enumerable.Range(1, 97), TransparencyMap.Page.Select(line => line.Number));

    [Fact]
    public void Every_line_has_a_test_or_names_the_part_that_it_waits_for()
    {
        var wrong = TransparencyMap.Page.Where(line => !TransparencyMap.Tests.Contains(line.Number) && !Waiting().IsMatch(line.Tests)).Select(line => line.Number);

        Assert.Empty(wrong);
    }

    [Fact]
    public void A_line_that_waits_has_no_test_here()
    {
        var wrong = TransparencyMap.Page.Where(line => TransparencyMap.Tests.Contains(line.Number) && Waiting().IsMatch(line.Tests)).Select(line => line.Number);

        Assert.Empty(wrong);
    }

    [Fact]
    public void The_page_names_exactly_the_tests_that_bear_the_number()
    {
        var wrong = from line in TransparencyMap.Page
                    let expected = string.Join("<br>", TransparencyMap.Tests[line.Number])
                    where TransparencyMap.Tests.Contains(line.Number) && line.Tests != expected
                    select $"| {line.Number} | {line.Holds} | {expected} |";

        Assert.Equal("", string.Join('\n', wrong));
    }

    [Fact]
    public void No_test_bears_a_number_that_is_not_on_the_list() =>
        Assert.DoesNotContain(TransparencyMap.Tests, shown => shown.Key is < 1 or > 97);

    [Fact]
    public void Tests_that_hold_in_every_stage_run_in_every_stage_on_both_sides_of_a_canary()
    {
        var types = typeof(StagedTests).Assembly.GetTypes();
        var missing = from tests in types.Where(type => type.BaseType == typeof(StagedTests))
                      from place in Enum.GetValues<Place>()
                      let name = $"{tests.Name}{place}"
                      where !types.Any(type => type.Name == name && type.BaseType == tests && ((StagedTests)Activator.CreateInstance(type)!).Place == place)
                      select name;

        Assert.Empty(missing);
    }

    [GeneratedRegex("^(part of|later): ")]
    private static partial Regex Waiting();
}
