namespace Strangler.Facade.Tests;

public sealed class ShareTests
{
    [Theory]
    [InlineData("0", 0, "0")]
    [InlineData("0.01", 1, "0.01")]
    [InlineData("5", 500, "5")]
    [InlineData("12.50", 1250, "12.5")]
    [InlineData("99.99", 9999, "99.99")]
    [InlineData("100", 10000, "100")]
    [InlineData("100.00", 10000, "100")]
    public void A_share_is_exact_to_a_hundredth_of_a_percent(string text, int buckets, string written)
    {
        Assert.True(Share.TryParse(text, out var share));
        Assert.Equal((buckets, written), (share.Buckets, share.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("100.01")]
    [InlineData("5.001")]
    [InlineData("5,5")]
    [InlineData("5%")]
    [InlineData("5e0")]
    [InlineData(" 5")]
    [InlineData("999999999999999999999999999999999")]
    public void Anything_else_is_no_share(string text) => Assert.False(Share.TryParse(text, out _));

    [Fact]
    public void A_share_holds_exactly_its_number_of_buckets_and_a_larger_one_holds_them_all()
    {
        var before = new HashSet<int>();
        for (var percent = 0m; percent <= 100; percent += 0.25m)
        {
            Assert.True(Share.TryParse(percent.ToString(System.Globalization.CultureInfo.InvariantCulture), out var share));

            var held = Enumerable.Range(0, Bucket.Count).Where(share.Holds).ToHashSet();

            Assert.Equal((int)(percent * 100), held.Count);
            Assert.True(held.IsSupersetOf(before));
            before = held;
        }
    }
}
