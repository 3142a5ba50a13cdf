using Microsoft.AspNetCore.Builder;

namespace Clinic.Legacy.Tests.Site;

/// <summary>The monolith on a free port of its own, with folders of its own.</summary>
public sealed class RunningLegacy : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly string folder;

    private RunningLegacy(WebApplication app, string folder, SettableClock clock)
    {
        this.app = app;
        this.folder = folder;
        Clock = clock;
        Address = new Uri(app.Urls.Single());
    }

    public Uri Address { get; }

    public SettableClock Clock { get; }

    public string Mail => Path.Combine(folder, "email");

    public string Uploads => Path.Combine(folder, "uploads");

    /// <summary>Starts it on a new SQLite file, or on the given database. The seed is 42 and 500 patients unless <paramref name="settings"/> say otherwise.</summary>
    public static async Task<RunningLegacy> StartAsync(string? connection = null, params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("legacy-").FullName;
        var clock = new SettableClock();
        string[] defaults =
        [
            "--urls", "http://127.0.0.1:0",
            "--ConnectionStrings:Legacy", connection ?? $"Data Source={Path.Combine(folder, "legacy.db")}",
            "--Legacy:PickupFolder", Path.Combine(folder, "email"),
            "--Legacy:UploadFolder", Path.Combine(folder, "uploads"),
            "--Legacy:Patients", "500",
        ];
        var app = LegacyHost.Create([.. defaults, .. settings], clock);
        await app.StartAsync();
        return new RunningLegacy(app, folder, clock);
    }

    public Browser Anonymous() => new(Address);

    public async Task<Browser> LoggedInAsync(string user = "maria")
    {
        var browser = Anonymous();
        await browser.LogInAsync(user);
        return browser;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
