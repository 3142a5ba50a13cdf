namespace Strangler.Facade.Tests;

public sealed class HeaderComparisonTests
{
    [Theory]
    [InlineData("Date: Mon, 01 Jan 2024 00:00:00 GMT", "Date: Tue, 02 Jan 2024 00:00:00 GMT")]
    [InlineData("Server: IIS/6.0", "Server: Kestrel")]
    [InlineData("Vary: Accept, Cookie", "vary: cookie,accept")]
    [InlineData("Cache-Control: no-cache, no-store", "Cache-Control: no-store,no-cache")]
    [InlineData("Location: http://127.0.0.1:8082/a?b", "Location: /a?b")]
    [InlineData("Location: http://shop.example", "Location: /")]
    [InlineData("ETag: \"1\"", "ETag: \"2\"")]
    [InlineData("Set-Cookie: s=1; path=/; HttpOnly", "Set-Cookie: s=2; httponly; Path=/")]
    [InlineData("Set-Cookie: s=1; expires=Mon, 01 Jan 2024 00:00:00 GMT", "Set-Cookie: s=1; max-age=60")]
    public void What_no_user_notices_is_no_difference(string legacy, string candidate) =>
        Assert.Empty(Answers.Differences(Answers.Html("x", legacy), Answers.Html("x", candidate)));

    [Theory]
    [Transparency(36)]
    [InlineData("X-Powered-By: ASP.NET", "X: 1", "header.x-powered-by missing,header.x extra")]
    [InlineData("X-AspNet-Version: 2.0.50727", "X-AspNet-Version: 4.0.30319", "header.x-aspnet-version value")]
    [InlineData("Location: http://shop.example/a", "Location: http://other.example/a", "header.location value")]
    [InlineData("Location: /a", "Location: /a#b", "header.location value")]
    [InlineData("ETag: \"1\"", "ETag: W/\"1\"", "header.etag value")]
    [InlineData("Set-Cookie: s=1; secure", "Set-Cookie: s=1", "header.set-cookie(s) value")]
    [InlineData("Set-Cookie: s=1", "Set-Cookie: t=1", "header.set-cookie(s) missing,header.set-cookie(t) extra")]
    [InlineData("Vary: Accept", "Vary: Cookie", "header.vary value")]
    public void What_a_browser_acts_on_is_one(string legacy, string candidate, string differences) =>
        Assert.Equal(differences.Split(','), Answers.Differences(Answers.Html("x", legacy), Answers.Html("x", candidate)));

    [Fact]
    public void Media_types_are_compared_by_their_parts() =>
        Assert.Empty(Answers.Differences(Answers.Of("text/html; charset=UTF-8", "x"), Answers.Of("Text/HTML;charset=\"utf-8\"", "x")));

    [Fact]
    public void Another_status_is_one_difference_and_the_only_one() =>
        Assert.Equal(["status value"], Answers.Differences(Answers.Html("page"), Answers.Json("{}", "X: 1") with { Status = 500 }));
}
