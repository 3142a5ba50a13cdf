namespace Strangler.Facade.Tests;

public sealed class BucketTests
{
    /// <summary>Computed by another program, in another language, from the words of <see cref="Bucket"/>.</summary>
    [Theory]
    [InlineData("orders", "user:ana", 1777)]
    [InlineData("orders", "user:bia", 7337)]
    [InlineData("people", "user:ana", 1080)]
    [InlineData("orders", "cookie:ana", 2405)]
    [InlineData("", "user:", 11)]
    [InlineData("relatórios", "user:joão", 3375)]
    public void The_draw_never_changes(string salt, string key, int bucket) => Assert.Equal(bucket, Bucket.Of(salt, key));

    [Fact]
    public void A_key_too_long_for_the_stack_is_drawn_alike() => Assert.Equal(279, Bucket.Of("orders", "user:" + new string('x', 2000)));

    /// <summary>Pearson's test with 99 degrees of freedom: beyond 160 an even draw comes once in ten thousand. The keys are fixed, so it is never flaky.</summary>
    [Theory]
    [InlineData("orders", "user:{0}")]
    [InlineData("people", "user:{0}")]
    [InlineData("orders", "session:{0:x32}")]
    public void Keys_are_spread_evenly(string salt, string pattern)
    {
        const int keys = 100_000;
        var counts = new int[100];

        for (var i = 0; i < keys; i++) counts[Bucket.Of(salt, string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, i)) / 100]++;

        const double expected = keys / 100d;
        Assert.InRange(counts.Sum(count => (count - expected) * (count - expected) / expected), 0, 160);
    }

    [Fact]
    public void Two_salts_draw_independently()
    {
        const int keys = 20_000;

        var both = Enumerable.Range(0, keys).Count(i => Bucket.Of("orders", $"user:{i}") < 5000 && Bucket.Of("people", $"user:{i}") < 5000);

        // A quarter, within five standard deviations.
        Assert.InRange(both, 5000 - 307, 5000 + 307);
    }
}
