using System.Text;

namespace Strangler.Facade.Tests;

public sealed class BodyComparisonTests
{
    private const string Text = "São João\nlinha 2\n";

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public void Compressed_and_plain_are_equal_when_what_they_say_is(string coding)
    {
        Assert.Empty(Answers.Differences(Answers.Of("text/plain; charset=utf-8", Answers.Packed(coding, Text), $"Content-Encoding: {coding}"), Answers.Of("text/plain; charset=utf-8", Text)));
        Assert.Equal(["body/line value"], Answers.Differences(Answers.Of("text/plain; charset=utf-8", Answers.Packed(coding, Text), $"Content-Encoding: {coding}"), Answers.Of("text/plain; charset=utf-8", "São João\nlinha 3\n")));
    }

    [Fact]
    public void Deflate_without_its_frame_is_unpacked_as_browsers_do()
    {
        using var packed = new MemoryStream();
        using (var packing = new System.IO.Compression.DeflateStream(packed, System.IO.Compression.CompressionLevel.Optimal)) packing.Write(Encoding.UTF8.GetBytes(Text));

        Assert.Empty(Answers.Differences(Answers.Of("text/plain; charset=utf-8", packed.ToArray(), "Content-Encoding: deflate"), Answers.Of("text/plain; charset=utf-8", Text)));
    }

    [Fact]
    public void Only_the_charset_differs_when_the_text_is_the_same() =>
        Assert.Equal(["header.content-type value"], Answers.Differences(Answers.Of("text/plain; charset=windows-1252", Encoding.Latin1.GetBytes(Text)), Answers.Of("text/plain; charset=utf-8", Text)));

    [Fact]
    public void The_same_bytes_in_two_charsets_are_two_texts() =>
        Assert.Equal(
            ["header.content-type value", "body/line value"],
            Answers.Differences(Answers.Of("text/plain; charset=windows-1252", Encoding.UTF8.GetBytes(Text)), Answers.Of("text/plain; charset=utf-8", Text)).Order(StringComparer.Ordinal).Reverse());

    [Theory]
    [InlineData("text/html", "<meta charset='iso-8859-1'><p>São</p>")]
    [InlineData("text/html", "<p>São</p>")]
    public void A_page_without_a_charset_header_is_read_as_a_browser_would(string type, string page) =>
        Assert.Equal(["body/html/body/p/text() accents"], Answers.Differences(Answers.Of(type, Encoding.Latin1.GetBytes(page)), Answers.Of(type, Encoding.Latin1.GetBytes(page.Replace('ã', 'a')))));

    [Fact]
    public void Line_ends_make_no_difference_and_a_missing_line_is_one()
    {
        Assert.Empty(Answers.Differences(Answers.Of("text/csv", "a\r\nb\r\n"), Answers.Of("text/csv", "a\nb\n")));
        Assert.Equal(["body/line missing"], Answers.Differences(Answers.Of("text/csv", "a\nb\nc\n"), Answers.Of("text/csv", "a\nc\n")));
    }

    [Fact]
    public void Bytes_are_compared_by_hash_and_shown_by_it()
    {
        var difference = Assert.Single(AnswerComparison.Compare(Answers.Of("application/pdf", [1, 2]), Answers.Of("application/pdf", [1, 3]), []));

        Assert.Equal(("body", DifferenceKind.Value, "2 bytes, sha256 a12871fee210fb86"), (difference.Field, difference.Kind, difference.Legacy));
    }

    [Fact]
    public void A_body_that_cannot_be_unpacked_is_compared_as_it_is()
    {
        Assert.Equal(["body value"], Answers.Differences(Answers.Of("text/plain", [1, 2, 3], "Content-Encoding: gzip"), Answers.Of("text/plain", "x")));
        Assert.Empty(Answers.Differences(Answers.Of("text/plain", [1, 2, 3], "Content-Encoding: zstd"), Answers.Of("text/plain", [1, 2, 3], "Content-Encoding: zstd")));
    }

    [Fact]
    public void A_bomb_is_not_unpacked()
    {
        var bomb = Answers.Packed("gzip", new string('a', 40_000_000));

        Assert.Equal(["body value"], Answers.Differences(Answers.Of("text/plain", bomb, "Content-Encoding: gzip"), Answers.Of("text/plain", "a")));
    }

    [Fact]
    public void A_body_on_one_side_alone_is_missing_or_extra()
    {
        Assert.Equal(["body missing"], Answers.Differences(Answers.Of("text/plain", "a"), Answers.Of("text/plain", "")));
        Assert.Equal(["body extra"], Answers.Differences(Answers.Of("text/plain", ""), Answers.Of("text/plain", "a")));
    }

    [Fact]
    public void Large_pages_are_compared_within_moments()
    {
        static string Page(int seed) => string.Concat(Enumerable.Range(0, 20_000).Select(i => $"<tr><td>{(i * 7919) + seed}</td><td>x</td></tr>"));
        var (legacy, candidate) = (Answers.Html($"<table>{Page(0)}</table>"), Answers.Html($"<table>{Page(1)}</table>"));
        var clock = System.Diagnostics.Stopwatch.StartNew();

        Assert.Equal(["body/html/body/table/tbody/tr/td/text() value x20000"], Answers.Differences(legacy, candidate));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
    }
}
