namespace Strangler.Facade.Tests;

public sealed class MaskTests
{
    private static readonly PathTemplate Template = PathTemplate.Parse("/people/{id}/{**rest}").Template!;

    [Theory]
    [InlineData("body.name", "Value", "Maria 42 São", "Xxxxx 99 Xxx")]
    [InlineData("body.born", "Value", "1980-02-29", "9999-99-99")]
    [InlineData("body.name", "Value", "山田", "xx")]
    [InlineData("body.ok", "Value", "true", "true")]
    [InlineData("body.n", "Type", "number", "number")]
    [InlineData("status", "Value", "404", "404")]
    [InlineData("header.location", "Value", "/people/42", "/xxxxxx/99")]
    [InlineData("header.content-type", "Value", "text/html", "text/html")]
    [InlineData("body.state", "Value", "open", "open")]
    [InlineData("body.rows[].state", "Value", "open", "xxxx")]
    public void A_value_is_shown_by_its_form_unless_it_is_known_to_be_harmless(string field, string kind, string value, string shown) =>
        Assert.Equal(shown, Mask.Value(new Difference(field, Enum.Parse<DifferenceKind>(kind), value, null), value, [new FieldPattern("body.state")]));

    [Theory]
    [InlineData("/people/42", "/people/99")]
    [InlineData("/PEOPLE/42/Ana?name=Ana%20B&x&born=1980", "/PEOPLE/99/Xxx?name=Xxx%99X&x&born=9999")]
    [InlineData("/other", "/xxxxx")]
    public void A_target_keeps_the_routes_own_words_alone(string target, string shown) => Assert.Equal(shown, Mask.Target(target, Template));

    [Fact]
    public void A_long_value_is_cut() => Assert.Equal(new string('x', 120) + "… (121 characters)", Mask.Value(new Difference("body.a", DifferenceKind.Value, null, null), new string('a', 121), []));

    [Fact]
    public void Neither_answer_nor_difference_prints_what_it_holds()
    {
        Assert.Equal("200, 5 bytes", Answers.Html("Maria").ToString());
        Assert.Equal("body.name value", new Difference("body.name", DifferenceKind.Value, "Maria", "Mario").ToString());
    }

    [Theory]
    [InlineData("body.*.updated_at", "body.items[].updated_at", true)]
    [InlineData("header.X-*", "header.x-powered-by", true)]
    [InlineData("body.a", "body.a.b", false)]
    [InlineData("body.items[].a", "body.items[].a", true)]
    [InlineData("*", "status", true)]
    public void A_pattern_takes_fields_by_star(string pattern, string field, bool matches) => Assert.Equal(matches, new FieldPattern(pattern).Matches(field));
}
