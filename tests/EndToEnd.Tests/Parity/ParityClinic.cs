using Clinic.Absenteeism;
using Clinic.AntiCorruption;
using Clinic.Legacy;
using Clinic.PeriodicalDates;
using EndToEnd.Tests.Clinics;
using Microsoft.AspNetCore.Builder;
using Strangler.Identity;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace EndToEnd.Tests.Parity;

/// <summary>
/// Legacy with every awkward row of its seed, the real anti-corruption layer and both services in this process, side by side and without a facade:
/// the same question can be asked of both sides, and answers are compared byte by byte.
/// </summary>
public abstract class ParityClinic : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("strangler-parity-").FullName;
    private readonly Stack<WebApplication> hosts = new();
    private IdentityIssuer issuer = null!;
    private HttpMessageInvoker client = null!;
    private string session = "";

    public string LegacyStore { get; private set; } = "";

    private Uri Legacy { get; set; } = null!;

    private Uri PeriodicalDates { get; set; } = null!;

    private Uri Absenteeism { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var medium = new InProcessMedium(requiredConsumers: [PeriodicalDatesHost.Name, AbsenteeismHost.Name]);
        var keys = IdentityKeys.CreateFiles(folder);
        issuer = new(IdentityKeys.ReadPrivate(keys.PrivateKey), TimeProvider.System);
        client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        LegacyStore = await CreateStoreAsync("legacy");
        Legacy = await StartAsync(LegacyHost.Create(Settings(
            "--ConnectionStrings:Legacy", LegacyStore, "--Legacy:Patients", "3000", "--Legacy:PickupFolder", Folder("mail"), "--Legacy:UploadFolder", Folder("uploads"))));
        PeriodicalDates = await StartAsync(PeriodicalDatesHost.Create(
            Settings("--ConnectionStrings:Store", await CreateStoreAsync("periodical"), "--Identity:PublicKey", keys.PublicKey), medium));
        Absenteeism = await StartAsync(AbsenteeismHost.Create(
            Settings("--ConnectionStrings:Store", await CreateStoreAsync("absenteeism"), "--Identity:PublicKey", keys.PublicKey), medium));
        await StartAsync(AntiCorruptionHost.Create(
            Settings("--ConnectionStrings:Source", LegacyStore, "--ConnectionStrings:Store", await CreateStoreAsync("layer")), medium));
        session = await LogInAsync("otavio");
    }

    /// <summary>The user whose name is hardest to write.</summary>
    private static Usuario User { get; } = new() { id = 2, username = "otavio", first_name = "Otávio", last_name = "Conceição <médico>", grupos = "medico" };

    public Task<Answer> AskLegacyAsync(string method, string target) => AskAsync(Legacy, method, target, ("Cookie", $"sessionid={session}"));

    public Task<Answer> AskServiceAsync(string method, string target)
    {
        var (address, name) = target.StartsWith("/clientes/", StringComparison.OrdinalIgnoreCase)
            ? (Absenteeism, AbsenteeismHost.Name)
            : (PeriodicalDates, PeriodicalDatesHost.Name);
        return AskAsync(address, method, target, (StranglerIdentity.HeaderName, issuer.Issue(Services.Principal(User), name)));
    }

    /// <summary>Waits until both sides give the same spreadsheets: then every row has arrived.</summary>
    public async Task SettledAsync()
    {
        foreach (var sheet in (string[])["/periodicos/exportar/", "/clientes/absenteismo/graficos/consolidado/exportar/", "/clientes/absenteismo/graficos/cat/exportar/"])
        {
            await Wait.UntilAsync(() => IsSameAsync(sheet), $"both sides have the same rows on {sheet}", TimeSpan.FromSeconds(90));
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (hosts.TryPop(out var host))
        {
            await host.StopAsync();
            await host.DisposeAsync();
        }

        issuer.Dispose();
        client.Dispose();
        await DisposeStoresAsync();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Connection string of a fresh, empty store.</summary>
    protected abstract Task<string> CreateStoreAsync(string name);

    protected abstract Task DisposeStoresAsync();

    protected string Folder(string name) => Path.Combine(folder, name);

    private static string[] Settings(params string[] settings) => ["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Error", .. settings];

    private async Task<Uri> StartAsync(WebApplication host)
    {
        hosts.Push(host);
        await host.StartAsync();
        return new(host.Urls.Single());
    }

    private async Task<bool> IsSameAsync(string sheet)
    {
        var legacy = await AskLegacyAsync("GET", sheet);
        var service = await AskServiceAsync("GET", sheet);
        return legacy.Body.AsSpan().SequenceEqual(service.Body);
    }

    private async Task<string> LogInAsync(string user)
    {
        using var visitor = new ClinicUser(Legacy);
        Assert.Equal(302, (await visitor.SubmitAsync("/login/", "form", new() { ["username"] = user, ["password"] = "senha123" })).Status);
        return visitor.Cookies.GetCookies(Legacy)["sessionid"]!.Value;
    }

    private async Task<Answer> AskAsync(Uri address, string method, string target, (string Name, string Value) header)
    {
        // As it stands: what a client would tidy up (dots, escapes, doubled slashes) has to arrive untidy on both sides.
        var url = new Uri(address.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new(method), url);
        request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        using var response = await client.SendAsync(request, CancellationToken.None);
        return await Answer.ReadAsync(response);
    }
}

public sealed class SqliteParityClinic : ParityClinic
{
    protected override Task<string> CreateStoreAsync(string name) => Task.FromResult($"Data Source={Folder(name + ".db")}");

    protected override Task DisposeStoresAsync()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        return Task.CompletedTask;
    }
}

public sealed class PostgresParityClinic : ParityClinic
{
    private readonly List<TestDatabase> databases = [];

    protected override async Task<string> CreateStoreAsync(string name)
    {
        databases.Add(await TestDatabase.CreateAsync("parity" + name));
        return databases[^1].ConnectionString;
    }

    protected override async Task DisposeStoresAsync()
    {
        foreach (var database in databases) await database.DisposeAsync();
    }
}
