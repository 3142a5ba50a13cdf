using System.Text;

namespace Strangler.Facade.Tests;

public sealed class XmlComparisonTests
{
    [Theory]
    [InlineData("<a x='1' y='2'><b/>t</a>", "<?xml version='1.0'?>\n<!-- c --><a y=\"2\" x=\"1\"><b></b>t</a>\n")]
    [InlineData("<a><b>1</b><c>2</c></a>", "<a>\n  <b>1</b>\n  <c>2</c>\n</a>")]
    [InlineData("<p:a xmlns:p='u:x' p:k='1'/>", "<q:a xmlns:q='u:x' q:k='1'/>")]
    [InlineData("<a>1 &lt; 2</a>", "<a><![CDATA[1 < 2]]></a>")]
    public void What_a_reader_makes_one_tree_of_is_equal(string legacy, string candidate) => Assert.Empty(Differences(legacy, candidate));

    [Theory]
    [InlineData("<a><b>1</b></a>", "<a><b>2</b></a>", "body/a/b/text() value")]
    [InlineData("<a><b k='1'/></a>", "<a><b k='2'/></a>", "body/a/b/@k value")]
    [InlineData("<a><b/></a>", "<a><b/><c/></a>", "body/a/c extra")]
    [InlineData("<a> x</a>", "<a>x</a>", "body/a/text() white_space")]
    [InlineData("<a xmlns='u:1'/>", "<a xmlns='u:2'/>", "body/a missing|body/a extra")]
    [InlineData("<a>1</a>", "<a>1", "body/line value")] // No document: compared by line.
    [InlineData("<a>1</a>", "<!DOCTYPE a [<!ENTITY e '1'>]><a>&e;</a>", "body/line value")] // Nothing is expanded.
    public void Each_difference_is_named_by_its_place_in_the_tree(string legacy, string candidate, string differences) =>
        Assert.Equal(differences.Split('|'), Differences(legacy, candidate));

    [Fact]
    public void A_document_says_itself_how_it_is_written()
    {
        const string Document = "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a>São</a>";

        Assert.Equal(["body/a/text() accents"], Answers.Differences(Answers.Of("text/xml", Encoding.Latin1.GetBytes(Document)), Answers.Of("text/xml", Encoding.Latin1.GetBytes(Document.Replace('ã', 'a')))));
        Assert.Equal(["body/a/text() value"], Answers.Differences(Answers.Of("application/atom+xml", "<a>1</a>"), Answers.Of("application/atom+xml", "<a>2</a>")));
    }

    [Fact]
    public void A_document_nested_deeper_than_a_stack_is_compared_by_line()
    {
        var (open, close) = (string.Concat(Enumerable.Repeat("<a>", 50_000)), string.Concat(Enumerable.Repeat("</a>", 50_000)));

        Assert.Equal(["body/line value"], Differences(open + "1" + close, open + "2" + close));
    }

    private static string[] Differences(string legacy, string candidate) => Answers.Differences(Answers.Of("application/xml", legacy), Answers.Of("application/xml", candidate));
}
