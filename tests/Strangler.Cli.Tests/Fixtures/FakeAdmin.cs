using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Strangler.Cli.Tests;

/// <summary>Something that listens where a facade's admin endpoints should be, and answers as the test says.</summary>
internal sealed class FakeAdmin : IAsyncDisposable
{
    private readonly WebApplication app;

    private FakeAdmin(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();

    public static async Task<FakeAdmin> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
