using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Strangler.Identity.Tests;

/// <summary>The legacy side of the exchange on a real Kestrel: keeps what it was asked, answers what the test says.</summary>
internal sealed class LegacyStub : IAsyncDisposable
{
    private readonly WebApplication app;

    private LegacyStub(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.Single());

    public RequestDelegate Answer { get; set; } = context => Task.CompletedTask;

    public string Target { get; private set; } = "";

    public List<KeyValuePair<string, string>> Headers { get; private set; } = [];

    public int Calls { get; private set; }

    public static async Task<LegacyStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.ResponseHeaderEncodingSelector = kestrel.RequestHeaderEncodingSelector = _ => System.Text.Encoding.Latin1);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new LegacyStub(app);
        app.Run(stub.TakeAsync);
        await app.StartAsync();
        return stub;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private Task TakeAsync(HttpContext context)
    {
        Calls++;
        Target = $"{context.Request.Method} {context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget} {context.Request.Protocol}";
        Headers = [.. context.Request.Headers.SelectMany(header => header.Value.Select(value => KeyValuePair.Create(header.Key.ToLowerInvariant(), value ?? "")))];
        return Answer(context);
    }
}
