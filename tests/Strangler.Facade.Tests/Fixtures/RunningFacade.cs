using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Strangler.Tests.Servers;

namespace Strangler.Facade.Tests;

/// <summary>A facade on free loopback ports, with a folder of its own that holds routes.json and the state.</summary>
internal sealed class RunningFacade : IAsyncDisposable
{
    // Nobody listens on port 1 of this machine.
    private const string Nobody = "http://127.0.0.1:1";
    private readonly WebApplication app;
    private readonly bool ownsFolder;

    private RunningFacade(WebApplication app, string folder, bool ownsFolder)
    {
        (this.app, Folder, this.ownsFolder) = (app, folder, ownsFolder);
        Public = new Uri(app.Urls.Single());
        Admin = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<AdminListener>().Address!) };
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, SslOptions = { RemoteCertificateValidationCallback = TestCertificate.IsIt } }) { BaseAddress = Public };
    }

    public string Folder { get; }

    public Uri Public { get; }

    public HttpClient Admin { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => app.Services;

    public string RoutesFile => Path.Combine(Folder, "routes.json");

    public string HistoryFile => Path.Combine(Folder, ".strangler", "history.jsonl");

    /// <summary>A fresh folder with that routes.json.</summary>
    public static Task<RunningFacade> StartAsync(byte[] routes, params string[] settings) => StartAsync(routes, null, settings);

    /// <summary>The same by another clock.</summary>
    public static async Task<RunningFacade> StartAsync(byte[] routes, TimeProvider? clock, string[] settings) =>
        await StartAsync(await FolderAsync(routes), true, clock, null, settings);

    /// <summary>The same with a log beside.</summary>
    public static async Task<RunningFacade> LoggedAsync(byte[] routes, ILoggerProvider log, params string[] settings) =>
        await StartAsync(await FolderAsync(routes), true, null, null, settings, log);

    /// <summary>Everything goes to legacy.</summary>
    public static Task<RunningFacade> InFrontOfAsync(Uri legacy, params string[] settings) =>
        StartAsync(Tables.File(""), ["--Facade:Addresses:legacy", legacy.GetLeftPart(UriPartial.Authority), .. settings]);

    /// <summary>
    /// Everything goes to that owner, which the place makes legacy or a service. The other one is not there, so a request that goes astray fails. In a canary
    /// every request comes with the cookie of a user of that side, so that tests spell the same requests in every place.
    /// </summary>
    public static async Task<RunningFacade> AtAsync(Place place, Uri owner, byte[] routes, params string[] settings) =>
        await StartAsync(await FolderAsync(routes), true, null, place.Cookie(), [.. AddressesOf(place, owner), .. settings]);

    /// <summary>Settings that make an owner legacy or a service, by the place.</summary>
    public static string[] AddressesOf(Place place, Uri owner)
    {
        var address = owner.GetLeftPart(UriPartial.Authority);
        var (legacy, service) = place.IsAtService() ? (Nobody, address) : (address, Nobody);
        return ["--Facade:Addresses:legacy", legacy, "--Facade:Addresses:orders", service];
    }

    public static Task<RunningFacade> StartAsync(string folder, bool ownsFolder, params string[] settings) => StartAsync(folder, ownsFolder, null, null, settings);

    private static async Task<RunningFacade> StartAsync(string folder, bool ownsFolder, TimeProvider? clock, string? cookie, string[] settings, ILoggerProvider? log = null)
    {
        var app = Create(folder, clock, cookie, settings, log);
        await app.StartAsync();
        return new RunningFacade(app, folder, ownsFolder);
    }

    public static WebApplication Create(string folder, params string[] settings) => Create(folder, null, null, settings);

    private static WebApplication Create(string folder, TimeProvider? clock, string? cookie, string[] settings, ILoggerProvider? log = null)
    {
        var builder = WebApplication.CreateSlimBuilder(
            ["--urls", "http://127.0.0.1:0", "--Facade:Admin", "http://127.0.0.1:0", "--Facade:Routes", Path.Combine(folder, "routes.json"), .. settings]);
        if (clock is not null) builder.Services.AddSingleton(clock);
        builder.AddStranglerFacade();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        if (log is not null) builder.Logging.ClearProviders().AddProvider(log).AddFilter(AccessLog.Category, LogLevel.Information);
        var app = builder.Build();
        if (cookie is not null)
        {
            app.Use((context, next) =>
            {
                context.Request.Headers.Append("Cookie", cookie);
                return next(context);
            });
        }

        return app.UseStranglerFacade();
    }

    private static async Task<string> FolderAsync(byte[] routes)
    {
        var folder = Directory.CreateTempSubdirectory("facade-").FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "routes.json"), routes);
        return folder;
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
        await app.StopAsync();
        await app.DisposeAsync();
        if (ownsFolder) Directory.Delete(Folder, recursive: true);
    }
}
