namespace Strangler.Facade.Tests;

public sealed class ConfidenceTests
{
    // R. G. Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void A_share_lies_where_the_literature_says(long hits, long total, double least, double most)
    {
        var interval = Confidence.Share(hits, total);

        Assert.Equal((least, most), (Math.Round(interval.Least, 4), Math.Round(interval.Most, 4)));
    }

    // R. G. Newcombe 1998, "Interval estimation for the difference between independent proportions", table II, method 10.
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(5, 56, 0, 29, -0.0381, 0.1926)]
    [InlineData(0, 10, 0, 20, -0.1611, 0.2775)]
    public void A_difference_lies_where_the_literature_says(long hits, long total, long otherHits, long otherTotal, double least, double most)
    {
        var interval = Confidence.Difference(hits, total, otherHits, otherTotal);

        Assert.Equal((least, most), (Math.Round(interval.Least, 4), Math.Round(interval.Most, 4)));
    }

    [Fact]
    public void Nothing_seen_says_nothing()
    {
        Assert.Equal(new Interval(0, 1), Confidence.Share(0, 0));
        Assert.Equal(new Interval(-1, 1), Confidence.Difference(0, 0, 1, 2));
        Assert.Equal(1, Confidence.Share(7, 7).Most);
    }
}
