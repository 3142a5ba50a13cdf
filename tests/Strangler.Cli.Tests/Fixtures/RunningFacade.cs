using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Strangler.Facade;

namespace Strangler.Cli.Tests;

/// <summary>A real facade in front of two real backends, with its routes.json in a folder of its own.</summary>
internal sealed class RunningFacade : IAsyncDisposable
{
    private readonly Backend legacy;
    private readonly Backend service;
    private readonly HttpClient user = new();
    private WebApplication? app;

    private RunningFacade(DirectoryInfo folder, Backend legacy, Backend service) => (Folder, this.legacy, this.service) = (folder, legacy, service);

    public DirectoryInfo Folder { get; }

    public string Admin { get; } = Ports.FreeUrl();

    public string RoutesPath => Path.Combine(Folder.FullName, "routes.json");

    public string Text
    {
        get => File.ReadAllText(RoutesPath);
        set => File.WriteAllText(RoutesPath, value);
    }

    /// <summary>Starts with two routes that can move (orders, people), one that cannot (nowhere) and one that needs identity (private).</summary>
    /// <param name="more">More entries, each ending with a comma.</param>
    public static async Task<RunningFacade> StartAsync(string more = "")
    {
        var facade = new RunningFacade(Directory.CreateTempSubdirectory("strangler-cli-"), await Backend.StartAsync("legacy"), await Backend.StartAsync("service"));
        facade.Text = $$"""
            // Ours.
            {
              "legacy": { "address": "{{facade.legacy.Url}}" },
              "services": {
                "orders": { "destinations": ["{{facade.service.Url}}"] }, // one for all
              },
              "routes": [
                { "id": "orders", "match": { "path": "/orders/{**rest}" }, "service": "orders", "stage": "legacy" },  // moves first
                {
                  "id": "people",
                  "match": { "path": "/people/{**rest}", "methods": ["GET", "HEAD"] },
                  "service": "orders",
                  "stage"  :  "legacy"
                },
                { "id": "nowhere", "match": { "path": "/nowhere" }, "stage": "legacy" },
                { "id": "private", "match": { "path": "/private" }, "service": "orders", "identity": "required", "stage": "legacy" },
                {{more}}
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }

            """;
        await facade.StartAgainAsync();
        return facade;
    }

    public Task<ToolRun> RunAsync(params string[] args) => ToolRun.Of([.. args, "--admin", Admin]);

    /// <summary>Who answers a user.</summary>
    public Task<string> WhoAnswersAsync(string path) => user.GetStringAsync(new Uri(new(app!.Urls.Single()), path));

    /// <summary>The same for somebody who was never here before, so that a canary draws anew.</summary>
    public async Task<string> WhoAnswersStrangerAsync(string path)
    {
        using var stranger = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        return await stranger.GetStringAsync(new Uri(new(app!.Urls.Single()), path));
    }

    public async Task StopAsync()
    {
        if (app is null) return;
        await app.StopAsync();
        await app.DisposeAsync();
        app = null;
    }

    public async Task StartAgainAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0", "--Facade:Admin", Admin, "--Facade:Routes", RoutesPath]);
        builder.AddStranglerFacade();
        builder.Logging.ClearProviders();
        app = builder.Build().UseStranglerFacade();
        await app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        user.Dispose();
        await legacy.DisposeAsync();
        await service.DisposeAsync();
        Folder.Delete(recursive: true);
    }
}
