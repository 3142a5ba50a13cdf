using System.Diagnostics;
using System.Globalization;

namespace Strangler.Tests.Servers;

/// <summary>A server of the test's own, on a free port and a private folder, that the test may kill and start again with its data.</summary>
public abstract class PrivateServer : IAsyncDisposable
{
    private static readonly TimeSpan OrderlyEnd = TimeSpan.FromSeconds(10);

    private readonly string kind;
    private readonly string folder;
    private readonly bool isTemporary;

    private protected PrivateServer(string kind, string? folder)
    {
        this.kind = kind;
        isTemporary = folder is null;
        // Not below the checkout: the user that PostgreSQL runs as may not be allowed to enter it.
        this.folder = folder ?? Directory.CreateTempSubdirectory($"strangler-{kind}-").FullName;
        if (isTemporary && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(this.folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }

    /// <summary>How to reach it; the same after every restart.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Starts it, or starts it again on the same port with the data it had.</summary>
    public async Task StartAsync() => Address = await ServerScript.RunAsync("start", kind, ServerFolder);

    /// <summary>Ends it as its administrator would.</summary>
    public Task StopAsync() => ServerScript.RunAsync("stop", ServerFolder);

    /// <summary>kill -9 of the server process and its children; returns when they are gone.</summary>
    public Task KillAsync() => KillAsync(Signals.Kill);

    /// <summary>Ends the server by a signal of <see cref="Signals"/>; returns when it and its children are gone. One that does not end in order within 10 s is killed.</summary>
    public async Task KillAsync(int signal)
    {
        var server = ProcessId();
        int[] family = [server, .. ChildrenOf(server)];

        // By number: .NET would stop the process before it kills its tree, and runuser, which PostgreSQL runs under, then stops itself and
        // never reaps it.
        Signals.Send(server, signal);
        var watch = Stopwatch.StartNew();
        while (family.Any(Signals.IsRunning))
        {
            if (signal == Signals.Kill || watch.Elapsed > OrderlyEnd) Array.ForEach(family, member => Signals.Send(member, Signals.Kill));
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }

    /// <summary>SIGSTOP: it holds its connections and answers nothing.</summary>
    public void Pause() => Signals.Send(ProcessId(), Signals.Stop);

    public void Continue() => Signals.Send(ProcessId(), Signals.Continue);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (isTemporary) Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private int ProcessId() => int.Parse(File.ReadLines(Path.Combine(ServerFolder, "pid")).First(), CultureInfo.InvariantCulture);

    private static IEnumerable<int> ChildrenOf(int processId) =>
        Signals.IsRunning(processId)
            ? File.ReadAllText($"/proc/{processId}/task/{processId}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(child => int.Parse(child, CultureInfo.InvariantCulture))
            : [];

    private protected string ServerFolder => Path.Combine(folder, kind);
}

/// <summary>A private PostgreSQL; <see cref="PrivateServer.Address"/> is the administrator's connection string.</summary>
public sealed class PrivatePostgres : PrivateServer
{
    private PrivatePostgres(string? folder)
        : base("postgres", folder)
    {
    }

    public static async Task<PrivatePostgres> StartNewAsync()
    {
        TestServers.RequirePostgres();
        return await OpenAsync(folder: null);
    }

    /// <summary>For programs that are no tests.</summary>
    /// <param name="folder">Where it keeps its data, which stays when it is disposed; null for a temporary one.</param>
    public static async Task<PrivatePostgres> OpenAsync(string? folder)
    {
        var server = new PrivatePostgres(folder);
        await server.StartAsync();
        return server;
    }
}

/// <summary>A private RabbitMQ node; <see cref="PrivateServer.Address"/> is its URI.</summary>
public sealed class PrivateRabbitMq : PrivateServer
{
    private PrivateRabbitMq(string? folder)
        : base("rabbitmq", folder)
    {
    }

    public static async Task<PrivateRabbitMq> StartNewAsync()
    {
        TestServers.RequireRabbitMq();
        return await OpenAsync(folder: null);
    }

    /// <summary>For programs that are no tests.</summary>
    /// <param name="folder">Where it keeps its data, which stays when it is disposed; null for a temporary one.</param>
    public static async Task<PrivateRabbitMq> OpenAsync(string? folder)
    {
        var server = new PrivateRabbitMq(folder);
        await server.StartAsync();
        return server;
    }

    /// <summary>Runs rabbitmqctl on the node, for example to raise a memory alarm; gives what it prints.</summary>
    public Task<string> ControlAsync(params string[] arguments) => ControlAsync(arguments, cookie: null);

    /// <summary>Makes the node one of a cluster; before its first start.</summary>
    internal async Task JoinAsync(string name, string cookie, string settings)
    {
        Directory.CreateDirectory(ServerFolder);
        await File.WriteAllTextAsync(Path.Combine(ServerFolder, "node"), name);
        await File.WriteAllTextAsync(Path.Combine(ServerFolder, "extra.conf"), settings);
        var secret = Path.Combine(ServerFolder, ".erlang.cookie");
        await File.WriteAllTextAsync(secret, cookie);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(secret, UnixFileMode.UserRead);
    }

    internal static PrivateRabbitMq In(string folder) => new(folder);

    internal async Task<string> ControlAsync(string[] arguments, string? cookie)
    {
        var start = new ProcessStartInfo("/usr/lib/rabbitmq/bin/rabbitmqctl") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = ServerFolder;
        if (cookie is not null)
        {
            start.ArgumentList.Add("--erlang-cookie");
            start.ArgumentList.Add(cookie);
        }

        start.ArgumentList.Add("-n");
        start.ArgumentList.Add($"{(await File.ReadAllTextAsync(Path.Combine(ServerFolder, "node"))).Trim()}@localhost");
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', arguments)}: {await output}{await errors}");
    }
}
