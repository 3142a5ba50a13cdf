using Microsoft.Extensions.Options;

namespace Strangler.Facade.Tests;

public sealed class StartTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("start-").FullName;

    private string RoutesPath => Path.Combine(folder, "routes.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_broken_file_and_nothing_to_fall_back_on_lists_every_error()
    {
        File.WriteAllText(RoutesPath, "{ \"legacy\": { \"address\": \"x\" } }");

        var refused = Assert.Throws<OptionsValidationException>(() => RunningFacade.Create(folder));

        Assert.Equal(
            [
                $"{RoutesPath}: line 1, column 1, $.routes: 'routes' is missing. Add \"routes\": [ … ], the last one {{ \"id\": \"everything-else\", \"match\": {{ \"path\": \"/{{**rest}}\" }}, \"stage\": \"legacy\" }}.",
                $"{RoutesPath}: line 1, column 26, $.legacy.address: 'x' is no address. Write scheme, host and port alone, e.g. \"http://127.0.0.1:8082\".",
            ],
            refused.Failures);
    }

    [Fact]
    public async Task A_broken_file_leaves_the_last_good_table_serving_and_says_so()
    {
        File.WriteAllBytes(RoutesPath, Tables.File(""));
        await (await RunningFacade.StartAsync(folder, false)).DisposeAsync();
        File.WriteAllText(RoutesPath, "{");

        await using var facade = await RunningFacade.StartAsync(folder, false);

        var status = await facade.StatusAsync();
        Assert.Equal(1, status.GetProperty("revision").GetInt64());
        Assert.Single(status.GetProperty("refused").GetProperty("errors").EnumerateArray());
        var health = await facade.Admin.GetAsync("/health");
        Assert.Equal(503, (int)health.StatusCode);
    }

    [Fact]
    [Transparency(95)]
    public async Task Revision_and_stages_survive_a_restart()
    {
        File.WriteAllBytes(RoutesPath, Tables.File(""));
        await using (var first = await RunningFacade.StartAsync(folder, false))
        {
            first.Replace(Tables.File("""{ "id": "a", "match": { "path": "/a" }, "stage": "legacy" },"""));
            await first.UntilAsync(status => status.GetProperty("revision").GetInt64() == 2, TimeSpan.FromSeconds(1));
        }

        await using var facade = await RunningFacade.StartAsync(folder, false);

        var status = await facade.StatusAsync();
        Assert.Equal(2, status.GetProperty("revision").GetInt64());
        Assert.Equal(RoutesPath, status.GetProperty("file").GetString());
        Assert.Equal(["a", "everything-else"], status.GetProperty("routes").EnumerateArray().Select(route => route.GetProperty("id").GetString()));
    }

    [Fact]
    public void Every_wrong_setting_is_named_at_once()
    {
        File.WriteAllBytes(RoutesPath, Tables.File(""));

        var refused = Assert.Throws<OptionsValidationException>(() => RunningFacade.Create(
            folder, "--Facade:Admin", "http://0.0.0.0:8081", "--Facade:Route", "x", "--Facade:Addresses:legacy", "nowhere", "--Facade:RemoteAuthenticationKey", "secret",
            "--Facade:TrustedPeers:0", "lan", "--Facade:IdleTimeout", "0"));

        Assert.Equal(
            [
                "Facade:Route is no setting. Did you mean \"Routes\"?",
                "Facade:Admin 'http://0.0.0.0:8081' can be reached from other machines, and no token is asked for. Write http://127.0.0.1:8081, or give a file with a token: Facade:AdminToken.",
                "Facade:Addresses:legacy 'nowhere' is no address. Write scheme, host and port alone, e.g. http://127.0.0.1:8082.",
                "Facade:RemoteAuthenticationKey is no GUID (its value is not shown). Give the same GUID as legacy has.",
                "Facade:TrustedPeers 'lan' is no network. Write e.g. 10.0.0.0/8.",
                "Facade:IdleTimeout '00:00:00' is out of range. Write 00:00:01 to 1.00:00:00.",
            ],
            refused.Failures);
    }

    [Theory]
    [InlineData("--Facade:IdleTimeout", "soon", "Facade:IdleTimeout")]
    [InlineData("--Facade:Addresses:order", "http://127.0.0.1:1", "Facade:Addresses:order names no owner of")]
    [InlineData("--Identity:PrivateKey", "missing.pem", "Identity:PrivateKey: 'missing.pem' cannot be read")]
    [InlineData("--Facade:State", "/proc/nowhere", "Facade:State '/proc/nowhere' cannot be used")]
    public void A_wrong_setting_is_one_line_that_names_it(string key, string value, string text)
    {
        File.WriteAllBytes(RoutesPath, Tables.File(""));

        var refused = Assert.Throws<OptionsValidationException>(() => RunningFacade.Create(folder, key, value));

        Assert.Contains(text, Assert.Single(refused.Failures));
    }

    [Fact]
    public async Task Two_facades_do_not_share_a_state_folder()
    {
        File.WriteAllBytes(RoutesPath, Tables.File(""));
        await using var first = await RunningFacade.StartAsync(folder, false);

        var refused = Assert.Throws<OptionsValidationException>(() => RunningFacade.Create(folder));

        Assert.StartsWith("Facade:State", Assert.Single(refused.Failures));
    }

    [Fact]
    public async Task A_taken_port_ends_with_one_line_and_exit_code_1()
    {
        File.WriteAllBytes(RoutesPath, Tables.File(""));
        await using var taken = await Backend.SayingAsync("");
        var error = new StringWriter();
        var console = Console.Error;
        Console.SetError(error);
        int code;
        try
        {
            code = await StranglerFacade.RunAsync(() => RunningFacade.Create(folder, "--Facade:Admin", taken.Address.GetLeftPart(UriPartial.Authority)));
        }
        finally
        {
            Console.SetError(console);
        }

        Assert.Equal(1, code);
        Assert.Contains("--Facade:Admin", Assert.Single(error.ToString().TrimEnd().Split('\n')));
    }

    [Fact]
    public async Task The_clinics_own_table_is_valid_and_its_schema_is_the_published_one()
    {
        var clinic = Path.Combine(AppContext.BaseDirectory, "clinic");

        var table = Tables.Good(RoutesFile.Read(Path.Combine(clinic, "routes.json")));

        Assert.Equal(["periodicals", "absenteeism", "everything-else"], table.Routes.Select(route => route.Id));
        Assert.Equal(RoutesSchema.Text, await File.ReadAllTextAsync(Path.Combine(clinic, RoutesSchema.FileName)));
    }
}
