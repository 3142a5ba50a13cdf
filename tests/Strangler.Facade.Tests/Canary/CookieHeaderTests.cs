using Microsoft.Extensions.Primitives;

namespace Strangler.Facade.Tests;

public sealed class CookieHeaderTests
{
    [Theory]
    [InlineData("a=1; key=x; b=2", "x")]
    [InlineData("key=x", "x")]
    [InlineData("  key=x  ;b=2", "x")]
    [InlineData("key=x; key=y", "x")]
    [InlineData("a=key=z; key=x=y", "x=y")]
    [InlineData("Key=z; keys=z; akey=z", "")]
    [InlineData("key=; a=1", "")]
    [InlineData("key", "")]
    [InlineData("", "")]
    public void A_cookie_is_found_by_its_exact_name(string header, string value) => Assert.Equal(value, CookieHeader.Find(header, "key").ToString());

    [Fact]
    public void Several_headers_are_one_list()
    {
        Assert.Equal("x", CookieHeader.Find(new StringValues(["a=1", "b=2; key=x"]), "key").ToString());
        Assert.Equal("", CookieHeader.Find(default, "key").ToString());
    }

    [Theory]
    [InlineData("a=1; key=x; b=2", "a=1; b=2")]
    [InlineData("key=x; b=2", "b=2")]
    [InlineData("a=1;key=x", "a=1")]
    [InlineData("key=x", null)]
    [InlineData("key=x; a=key; key=y", "a=key")]
    [InlineData("a=1;b=2;  keys=3", "a=1;b=2;  keys=3")]
    [InlineData("a=\"x;y\"; b", "a=\"x;y\"; b")]
    public void Taking_a_cookie_out_leaves_the_others_as_they_were(string header, string? left) => Assert.Equal(left, CookieHeader.Without(header, "key"));
}
