namespace Strangler.Facade.Tests;

public sealed class HtmlComparisonTests
{
    [Theory]
    [InlineData("<p class='b a' id=x>Hi</p>", "<P id=\"x\" class=\"a b\">Hi</P>")]
    [InlineData("<table><tr><td>1</td></tr></table>", "<table>\n  <tbody>\n    <tr>\n      <td> 1 </td>\n    </tr>\n  </tbody>\n</table>")]
    [InlineData("<p>a &amp; b&#233;</p>", "<p>a &#38; bé<!-- seen by nobody --></p>")]
    [InlineData("<ul><li>1<li>2</ul>", "<ul><li>1</li><li>2</li></ul>")]
    public void What_a_browser_makes_one_tree_of_is_equal(string legacy, string candidate) =>
        Assert.Empty(Answers.Differences(Answers.Html(legacy), Answers.Html(candidate)));

    [Theory]
    [InlineData("<p>1</p>", "<p>2</p>", "body/html/body/p/text() value")]
    [InlineData("<p>a b</p>", "<p>a&nbsp;b</p>", "body/html/body/p/text() white_space")]
    [InlineData("<pre>a  b</pre>", "<pre>a b</pre>", "body/html/body/pre/text() white_space")]
    [InlineData("<a href='/a'>x</a>", "<a href='/b'>x</a>", "body/html/body/a/@href value")]
    [InlineData("<a title='t'>x</a>", "<a>x</a>", "body/html/body/a/@title missing")]
    [InlineData("<input name=__TOKEN value=1>", "<input name=__TOKEN value=2>", "body/html/body/input[__TOKEN]/@value value")]
    [InlineData("<div id=menu><b>1</b></div>", "<div id=menu><b>2</b></div>", "body/html/body/div#menu/b/text() value")]
    [InlineData("<div id=row-4711><b>1</b></div>", "<div id=row-4711><b>2</b></div>", "body/html/body/div/b/text() value")]
    [InlineData("<p>1</p><p>2</p>", "<p>2</p><p>1</p>", "body/html/body order")]
    [InlineData("<!DOCTYPE html><p>1</p>", "<p>1</p>", "body/!doctype value")]
    public void Each_difference_is_named_by_its_place_in_the_tree(string legacy, string candidate, string difference) =>
        Assert.Equal([difference], Answers.Differences(Answers.Html(legacy), Answers.Html(candidate)));

    [Fact]
    public void A_row_more_and_a_changed_cell_are_two_differences()
    {
        static string Page(params string[] cells) => $"<table>{string.Concat(cells.Select(cell => $"<tr><td>{cell}</td><td>x</td></tr>"))}</table>";

        Assert.Equal(
            ["body/html/body/table/tbody/tr/td/text() value", "body/html/body/table/tbody/tr extra"],
            Answers.Differences(Answers.Html(Page("a", "b", "c", "d")), Answers.Html(Page("a", "B2", "c", "new", "d"))));
    }

    [Fact]
    public void A_page_nested_deeper_than_a_stack_is_compared_by_line()
    {
        var deep = string.Concat(Enumerable.Repeat("<div>", 50_000));

        Assert.Equal(["body/line value"], Answers.Differences(Answers.Html(deep + "1"), Answers.Html(deep + "2")));
    }
}
