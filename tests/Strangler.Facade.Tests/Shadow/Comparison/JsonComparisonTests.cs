namespace Strangler.Facade.Tests;

public sealed class JsonComparisonTests
{
    [Theory]
    [InlineData("""{"a":1,"b":[true,null]}""", """{ "b": [ true, null ], "a": 1 }""")]
    [InlineData("""{"price":10.50}""", """{"price":10.5}""")]
    [InlineData("""{"n":1e3}""", """{"n":1000.0e0}""")]
    [InlineData("""{"name":"Jos\u00e9 \/"}""", """{"name":"José /"}""")]
    [InlineData("""{"a":1,"a":2}""", """{"a":2}""")]
    public void What_a_reader_of_JSON_cannot_tell_apart_is_equal(string legacy, string candidate) =>
        Assert.Empty(Answers.Differences(Answers.Json(legacy), Answers.Json(candidate)));

    [Theory]
    [InlineData("""{"a":{"b":1}}""", """{"a":{"b":2}}""", "body.a.b value")]
    [InlineData("""{"a":1}""", """{"a":"1"}""", "body.a type")]
    [InlineData("""{"a":1,"b":2}""", """{"a":1}""", "body.b missing")]
    [InlineData("""{"a":1}""", """{"a":1,"b":{}}""", "body.b extra")]
    [InlineData("""{"a":null}""", """{}""", "body.a missing")]
    [InlineData("""{"name":"Ana"}""", """{"name":"ANA"}""", "body.name letter_case")]
    [InlineData("""{"name":"Ana  B"}""", """{"name":"Ana B"}""", "body.name white_space")]
    [InlineData("""{"name":"João"}""", """{"name":"Joao"}""", "body.name accents")]
    [InlineData("""[1,2,3]""", """[3,2,1]""", "body order")]
    [InlineData("""{"a":[{"x":1},{"x":2}]}""", """{"a":[{"x":1},{"x":3}]}""", "body.a[].x value")]
    [InlineData("""[1]""", """{}""", "body type")]
    public void Each_kind_of_difference_is_named_with_its_field(string legacy, string candidate, string difference) =>
        Assert.Equal([difference], Answers.Differences(Answers.Json(legacy), Answers.Json(candidate)));

    [Fact]
    public void One_row_too_few_is_one_difference_wherever_it_stood()
    {
        Assert.Equal(
            ["body[] missing"],
            Answers.Differences(Answers.Json("""[{"id":1},{"id":2},{"id":3},{"id":4}]"""), Answers.Json("""[{"id":1},{"id":3},{"id":4}]""")));
    }

    [Fact]
    public void Many_rows_that_differ_alike_are_one_difference_in_many_places()
    {
        var legacy = string.Join(',', Enumerable.Range(0, 30).Select(i => $$"""{"id":{{i}},"tax":{{i + 0.5}}}"""));

        Assert.Equal(["body[].tax value x30"], Answers.Differences(Answers.Json($"[{legacy}]"), Answers.Json($"[{legacy.Replace(".5", ".6", StringComparison.Ordinal)}]")));
    }

    [Theory]
    [InlineData("""{"people":{"4711":{"age":1}}}""", """{"people":{"4711":{"age":2}}}""", "body.people.{}.age value")]
    [InlineData("""{"Maria da Silva":1,"age":1}""", """{"Maria da Silva":2,"age":1}""", "body.{} value")]
    [InlineData("""{"ana@example.org":1}""", """{}""", "body.{} missing")]
    [InlineData("""{"8b1a9953-c461-4c56":1}""", """{"8b1a9953-c461-4c56":2}""", "body.{} value")]
    public void Keys_that_are_data_do_not_become_field_paths(string legacy, string candidate, string difference) =>
        Assert.Equal([difference], Answers.Differences(Answers.Json(legacy), Answers.Json(candidate)));

    [Fact]
    public void An_object_with_very_many_members_is_a_table()
    {
        static string Table(int value) => $"{{{string.Join(',', Enumerable.Range(0, 60).Select(i => $"\"{(char)('a' + (i / 26))}{(char)('a' + (i % 26))}\":{value}"))}}}";

        Assert.Equal(["body.{} value x60"], Answers.Differences(Answers.Json(Table(1)), Answers.Json(Table(2))));
    }

    [Fact]
    public void What_says_JSON_and_is_none_is_compared_as_text() =>
        Assert.Equal(["body/line value"], Answers.Differences(Answers.Json("{oops"), Answers.Json("{oups")));
}
