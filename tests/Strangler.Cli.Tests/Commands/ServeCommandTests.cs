namespace Strangler.Cli.Tests.Commands;

/// <summary>The built tool in front of a real application, and beside a running one.</summary>
public sealed class ServeCommandTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> NoEnvironment = [];
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("strangler-cli-");
    private readonly HttpClient user = new();
    private readonly string url = Ports.FreeUrl();
    private readonly string admin = Ports.FreeUrl();
    private Backend legacy = null!;

    private string Routes => Path.Combine(folder.FullName, "routes.json");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "stops the tool by a Unix signal");
        legacy = await Backend.StartAsync("legacy");
    }

    [Fact]
    public async Task One_command_stands_in_front_of_an_application_and_stops_cleanly()
    {
        await using var facade = ToolProcess.Start(folder.FullName, NoEnvironment, "serve", "--legacy", legacy.Url, "--urls", url, "--admin", admin);
        await facade.SaysAsync("Ctrl+C stops it.");

        Assert.Equal("legacy", await user.GetStringAsync(new Uri(url)));
        Assert.Equal(0, (await ToolRun.Of("check", "--routes", Routes)).Code);
        await facade.InterruptAsync();
        var end = await facade.EndAsync();

        Assert.Equal(0, end.Code);
        Assert.StartsWith($"Wrote {Routes}\nWrote {Path.Combine(folder.FullName, "routes.schema.json")}\nThe facade is up: {url}\n  routes {Routes}\n  admin  {admin}/", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_variable_tells_the_tool_where_the_facade_is()
    {
        await using var facade = ToolProcess.Start(folder.FullName, NoEnvironment, "serve", "--legacy", legacy.Url, "--urls", url, "--admin", admin, "--json");
        await facade.SaysAsync("}");

        var run = await ToolProcess.RunAsync(folder.FullName, new Dictionary<string, string> { ["STRANGLER_ADMIN"] = admin }, "status", "--json");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(Routes, run.Json.GetProperty("file").GetString());
    }

    [Fact]
    public async Task The_application_of_the_command_line_comes_before_that_of_the_file()
    {
        await ToolRun.Of("init", "--legacy", "http://127.0.0.1:1", "--routes", Routes);

        await using var facade = ToolProcess.Start(folder.FullName, NoEnvironment, "serve", "--legacy", legacy.Url, "--urls", url, "--admin", admin);
        await facade.SaysAsync("Ctrl+C stops it.");

        Assert.Equal("legacy", await user.GetStringAsync(new Uri(url)));
        Assert.Contains("http://127.0.0.1:1", await File.ReadAllTextAsync(Routes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_the_application_next_door_do_not_count()
    {
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "appsettings.json"), """{ "Facade": { "Nonsense": 1 }, "Kestrel": { "Endpoints": { "x": { "Url": "http://127.0.0.1:1" } } } }""");

        await using var facade = ToolProcess.Start(folder.FullName, NoEnvironment, "serve", "--legacy", legacy.Url, "--urls", url, "--admin", admin);
        await facade.SaysAsync("Ctrl+C stops it.");

        Assert.Equal("legacy", await user.GetStringAsync(new Uri(url)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_port_in_use_is_said_in_one_line(bool adminPort)
    {
        var (urls, admin) = adminPort ? (url, legacy.Url) : (legacy.Url, this.admin);

        var run = await ToolProcess.RunAsync(folder.FullName, NoEnvironment, "serve", "--legacy", legacy.Url, "--urls", urls, "--admin", admin);

        Assert.Equal(1, run.Code);
        Assert.Contains("Stop what listens there, or choose another: --urls for users, --admin for the admin listener.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_file_ends_the_start_with_every_error()
    {
        await File.WriteAllTextAsync(Routes, """{ "legacy": { "address": "nowhere" }, "routes": [] }""");

        var run = await ToolProcess.RunAsync(folder.FullName, NoEnvironment, "serve", "--urls", url, "--admin", admin);

        Assert.Equal(1, run.Code);
        Assert.Contains($"{Routes}: line 1, column 26, $.legacy.address: 'nowhere' is no address.", run.Error, StringComparison.Ordinal);
        Assert.Contains("The last entry 'everything-else' is missing.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_setting_of_the_environment_is_named()
    {
        var run = await ToolProcess.RunAsync(
            folder.FullName, new Dictionary<string, string> { ["Facade__RemoteAuthenticationKey"] = "secret" }, "serve", "--legacy", legacy.Url, "--urls", url, "--admin", "http://10.0.0.1:80", "--json");

        Assert.Equal(1, run.Code);
        var message = run.Json.GetProperty("message").GetString()!;
        Assert.Contains("Facade:RemoteAuthenticationKey", message, StringComparison.Ordinal);
        Assert.Contains("Facade:Admin 'http://10.0.0.1' can be reached from other machines, and no token is asked for.", message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_file_and_without_an_application_nothing_is_guessed()
    {
        var none = await ToolProcess.RunAsync(folder.FullName, NoEnvironment, "serve", "--urls", url, "--admin", admin);
        var missing = await ToolProcess.RunAsync(folder.FullName, NoEnvironment, "serve", "--legacy", legacy.Url, "--routes", "elsewhere.json", "--urls", url, "--admin", admin);

        Assert.Equal(new ToolRun(2, "", "There is no routes.json here. Say what to stand in front of, --legacy URL, or give a file, --routes FILE.\n"), none);
        Assert.Equal(new ToolRun(1, "", $"There is no file '{Path.Combine(folder.FullName, "elsewhere.json")}'. Write a first one: strangler init --legacy URL --routes elsewhere.json\n"), missing);
        Assert.Empty(folder.GetFiles());
    }

    public async ValueTask DisposeAsync()
    {
        user.Dispose();
        if (legacy is not null) await legacy.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
