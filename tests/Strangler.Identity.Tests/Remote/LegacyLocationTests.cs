namespace Strangler.Identity.Tests;

public sealed class LegacyLocationTests
{
    [Theory]
    [InlineData("http://legacy:8082/login/?next=%2F", "https://clinic.example/login/?next=%2F")]
    [InlineData("HTTP://LEGACY:8082", "https://clinic.example")]
    [InlineData("http://legacy:8082?x", "https://clinic.example?x")]
    [InlineData("//legacy:8082/x#y", "https://clinic.example/x#y")]
    [InlineData("http://legacy:8082/a%2Fb/../c", "https://clinic.example/a%2Fb/../c")]
    [InlineData("http://legacy/login/", "http://legacy/login/")]
    [InlineData("http://other:8082/login/", "http://other:8082/login/")]
    [InlineData("http://user@legacy:8082/", "http://user@legacy:8082/")]
    [InlineData("/login/?next=http://legacy:8082/", "/login/?next=http://legacy:8082/")]
    [InlineData("login?next=//legacy:8082/", "login?next=//legacy:8082/")]
    [InlineData("", "")]
    [InlineData("#top", "#top")]
    [InlineData("mailto:a@b", "mailto:a@b")]
    [InlineData("http://", "http://")]
    public void Only_what_points_at_legacy_is_turned_to_the_user(string location, string expected)
    {
        Assert.Equal(expected, LegacyLocation.ForUser(location, new("http://legacy:8082/"), "https", "clinic.example"));
    }

    [Fact]
    public void An_address_of_IPv6_is_recognised()
    {
        Assert.Equal("http://localhost:8080/x", LegacyLocation.ForUser("http://[::1]:8082/x", new("http://[::1]:8082"), "http", "localhost:8080"));
    }
}
