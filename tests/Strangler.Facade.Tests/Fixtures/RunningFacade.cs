using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Strangler.Tests.Servers;

namespace Strangler.Facade.Tests;

/// <summary>A facade on free loopback ports, with a folder of its own that holds routes.json and the state.</summary>
internal sealed class RunningFacade : IAsyncDisposable
{
    // Nobody listens on port 1 of this machine.
    private const string Nobody = "http://127.0.0.1:1";
    private readonly WebApplication _app;
    private readonly bool _ownsFolder;

    private RunningFacade(WebApplication app, string folder, bool ownsFolder)
    {
        (_app, Folder, _ownsFolder) = (app, folder, ownsFolder);
        Public = new Uri(app.Urls.Single());
        Admin = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<AdminListener>().Address!) };
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, SslOptions = { RemoteCertificateValidationCallback = TestCertificate.IsIt } }) { BaseAddress = Public };
    }

    public string Folder { get; }

    public Uri Public { get; }

    public HttpClient Admin { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public string RoutesFile => Path.Combine(Folder, "routes.json");

    public string HistoryFile => Path.Combine(Folder, ".strangler", "history.jsonl");

    /// <summary>A fresh folder with that routes.json.</summary>
    public static Task<RunningFacade> StartAsync(byte[] routes, params string[] settings) => StartAsync(routes, null, settings);

    /// <summary>The same by another clock.</summary>
    public static async Task<RunningFacade> StartAsync(byte[] routes, TimeProvider? clock, string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("facade-").FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "routes.json"), routes);
        return await StartAsync(folder, true, clock, settings);
    }

    /// <summary>Everything goes to legacy.</summary>
    public static Task<RunningFacade> InFrontOfAsync(Uri legacy, params string[] settings) =>
        StartAsync(Tables.File(""), ["--Facade:Addresses:legacy", legacy.GetLeftPart(UriPartial.Authority), .. settings]);

    /// <summary>Everything goes to that owner, which the stage makes legacy or a service. The other one is not there, so a request that goes astray fails.</summary>
    public static Task<RunningFacade> InStageAsync(Stage stage, Uri owner, params string[] settings) => InStageAsync(stage, owner, Tables.InStage(stage), settings);

    public static Task<RunningFacade> InStageAsync(Stage stage, Uri owner, byte[] routes, params string[] settings)
    {
        var address = owner.GetLeftPart(UriPartial.Authority);
        var (legacy, service) = stage is Stage.Legacy or Stage.Shadow ? (address, Nobody) : (Nobody, address);
        return StartAsync(routes, ["--Facade:Addresses:legacy", legacy, "--Facade:Addresses:orders", service, .. settings]);
    }

    public static Task<RunningFacade> StartAsync(string folder, bool ownsFolder, params string[] settings) => StartAsync(folder, ownsFolder, null, settings);

    private static async Task<RunningFacade> StartAsync(string folder, bool ownsFolder, TimeProvider? clock, string[] settings)
    {
        var app = Create(folder, clock, settings);
        await app.StartAsync();
        return new RunningFacade(app, folder, ownsFolder);
    }

    public static WebApplication Create(string folder, params string[] settings) => Create(folder, null, settings);

    private static WebApplication Create(string folder, TimeProvider? clock, string[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(
            ["--urls", "http://127.0.0.1:0", "--Facade:Admin", "http://127.0.0.1:0", "--Facade:Routes", Path.Combine(folder, "routes.json"), .. settings]);
        if (clock is not null) builder.Services.AddSingleton(clock);
        builder.AddStranglerFacade();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        return builder.Build().UseStranglerFacade();
    }

    /// <summary>Replaces routes.json as the tool does: a new file, renamed over the old one.</summary>
    public void Replace(byte[] routes)
    {
        File.WriteAllBytes(RoutesFile + ".new", routes);
        File.Move(RoutesFile + ".new", RoutesFile, overwrite: true);
    }

    public async Task<JsonElement> StatusAsync() => await Admin.GetFromJsonAsync<JsonElement>("/status");

    /// <summary>Waits until the status is as wanted; fails after the limit.</summary>
    public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> wanted, TimeSpan limit)
    {
        var status = default(JsonElement);
        await Wait.UntilAsync(async () => wanted(status = await StatusAsync()), "the facade's status is as wanted", limit);
        return status;
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsFolder) Directory.Delete(Folder, recursive: true);
    }
}
