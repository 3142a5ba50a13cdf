using System.Diagnostics;
using System.Globalization;

namespace Strangler.Tests.Servers;

/// <summary>A server of the test's own, on a free port and a private folder, that the test may kill and start again with its data.</summary>
public abstract class PrivateServer : IAsyncDisposable
{
    private readonly string kind;
    private readonly string folder;

    private protected PrivateServer(string kind)
    {
        this.kind = kind;
        // Not below the checkout: the user that PostgreSQL runs as may not be allowed to enter it.
        folder = Directory.CreateTempSubdirectory($"strangler-{kind}-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }

    /// <summary>How to reach it; the same after every restart.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Starts it, or starts it again on the same port with the data it had.</summary>
    public async Task StartAsync() => Address = await ServerScript.RunAsync("start", kind, ServerFolder);

    /// <summary>Ends it as its administrator would.</summary>
    public Task StopAsync() => ServerScript.RunAsync("stop", ServerFolder);

    /// <summary>kill -9 of the server process; returns when it is gone.</summary>
    public async Task KillAsync()
    {
        var processId = int.Parse((await File.ReadAllLinesAsync(Path.Combine(ServerFolder, "pid")))[0], CultureInfo.InvariantCulture);
        using var process = Process.GetProcessById(processId);

        // Not the whole tree: for that .NET stops the process first, and runuser, which PostgreSQL runs under, then stops itself and never
        // reaps it. The children end by themselves when their parent is gone.
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected string ServerFolder => Path.Combine(folder, kind);
}

/// <summary>A private PostgreSQL; <see cref="PrivateServer.Address"/> is the administrator's connection string.</summary>
public sealed class PrivatePostgres : PrivateServer
{
    private PrivatePostgres()
        : base("postgres")
    {
    }

    public static async Task<PrivatePostgres> StartNewAsync()
    {
        TestServers.RequirePostgres();
        var server = new PrivatePostgres();
        await server.StartAsync();
        return server;
    }
}

/// <summary>A private RabbitMQ node; <see cref="PrivateServer.Address"/> is its URI.</summary>
public sealed class PrivateRabbitMq : PrivateServer
{
    private PrivateRabbitMq()
        : base("rabbitmq")
    {
    }

    public static async Task<PrivateRabbitMq> StartNewAsync()
    {
        TestServers.RequireRabbitMq();
        var server = new PrivateRabbitMq();
        await server.StartAsync();
        return server;
    }

    /// <summary>Runs rabbitmqctl on the node, for example to raise a memory alarm.</summary>
    public async Task ControlAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/lib/rabbitmq/bin/rabbitmqctl") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = ServerFolder;
        start.ArgumentList.Add("-n");
        start.ArgumentList.Add($"{(await File.ReadAllTextAsync(Path.Combine(ServerFolder, "node"))).Trim()}@localhost");
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', arguments)}: {await output}{await errors}");
    }
}
