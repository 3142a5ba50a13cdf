using Clinic.Legacy.Tests.Site;

namespace Clinic.Legacy.Tests;

public sealed class StaticFileTests(OnSqlite server) : IAsyncLifetime, IClassFixture<OnSqlite>
{
    private Browser anonymous = null!;

    public async ValueTask InitializeAsync() => anonymous = (await server.StartAsync()).Anonymous();

    public ValueTask DisposeAsync()
    {
        anonymous.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("/static/css/site.css", "text/css")]
    [InlineData("/static/img/logo.gif", "image/gif")]
    public async Task Assets_need_no_login_and_are_revalidated(string path, string type)
    {
        var page = await anonymous.GetAsync(path);
        var again = await anonymous.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", page.Header("ETag")!));
        var head = await anonymous.HeadAsync(path);

        Assert.Equal((200, type, "Mon, 04 Nov 2013 12:00:00 GMT"), (page.Status, page.Header("Content-Type"), page.Header("Last-Modified")));
        Assert.NotEmpty(page.Body);
        Assert.Equal(304, again.Status);
        Assert.Empty(again.Body);
        Assert.Equal(page.HeaderText, head.HeaderText);
    }

    [Fact]
    public async Task Logo_is_a_picture_of_the_size_that_pages_say() =>
        Assert.Equal([.. "GIF89a"u8, 120, 0, 40, 0], (await anonymous.GetAsync("/static/img/logo.gif")).Body[..10]);

    [Theory]
    [InlineData("/static/nada.css")]
    [InlineData("/static/../Views.cs")]
    [InlineData("/static/%2e%2e/Views.cs")]
    public async Task Nothing_else_is_served(string path) => Assert.NotEqual(200, (await anonymous.GetAsync(path)).Status);

    [Fact]
    public async Task Favicon_is_the_logo()
    {
        var page = await anonymous.GetAsync("/favicon.ico");

        Assert.Equal((301, "/static/img/logo.gif"), (page.Status, page.Header("Location")));
    }
}
