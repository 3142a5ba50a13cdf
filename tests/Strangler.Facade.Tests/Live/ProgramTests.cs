using System.Net;
using System.Net.Sockets;
using Strangler.Tests.Servers;

namespace Strangler.Facade.Tests.Live;

/// <summary>The clinic's facade as a process of its own: whatever keeps it from starting is one line, exit code 1 and no stack trace.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("facade-");
    private readonly TcpListener taken = new(IPAddress.Loopback, 0);

    public ProgramTests() => taken.Start();

    private string Taken => $"http://{taken.LocalEndpoint}";

    [Fact]
    public async Task A_port_in_use_is_one_line()
    {
        var run = await RunAsync("--urls", Taken, "--Facade:Admin", "http://127.0.0.1:0");

        Assert.Equal(
            (1, $"A listener cannot be opened: Failed to bind to address {Taken}: address already in use. Stop what listens there, or choose another: --urls for the public listener, --Facade:Admin for the admin endpoints.\n"),
            (run.Code, run.Error));
        Assert.DoesNotContain("   at ", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/2", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_admin_port_in_use_is_one_line()
    {
        var run = await RunAsync("--urls", "http://127.0.0.1:0", "--Facade:Admin", Taken);

        Assert.Equal(1, run.Code);
        Assert.Contains($"{Taken}: address already in use", Assert.Single(run.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--urls", "nonsense", "--urls 'nonsense' is no address to listen on. Write e.g. http://localhost:8080.")]
    [InlineData("--Facade:Routes", "/no/such/routes.json", "/no/such/routes.json")]
    [InlineData("--Facade:IdentityTimeout", "soon", "Failed to convert configuration value 'soon' at 'Facade:IdentityTimeout'")]
    public async Task A_broken_setting_is_one_line_that_names_it(string key, string value, string text)
    {
        var run = await RunAsync(key, value);

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains(text, Assert.Single(run.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        taken.Dispose();
        folder.Delete(recursive: true);
    }

    private Task<ProgramRun> RunAsync(params string[] settings) =>
        ProgramRun.OfAsync("Clinic.Facade.dll", ["--Facade:State", folder.FullName, "--Facade:Routes", Path.Combine(AppContext.BaseDirectory, "clinic", "routes.json"), .. settings]);
}
