using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Strangler.Tests.Servers;

namespace EndToEnd.Tests.Clinics;

/// <summary>The whole clinic as its users have it, in processes of its own, on a block of free ports and a private data folder.</summary>
public abstract class RunningClinic : IAsyncLifetime
{
    private const int Ports = 8;

    private static readonly Lock PortLock = new();
    private static readonly HashSet<int> Handed = [];

    private string routes = "";

    protected RunningClinic()
    {
        FirstPort = FreePorts();
        DataFolder = Directory.CreateTempSubdirectory("strangler-clinic-").FullName;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(DataFolder, (UnixFileMode)0b111_101_101);
    }

    public int FirstPort { get; }

    public string DataFolder { get; }

    public Uri Facade => new($"http://localhost:{FirstPort}");

    public Uri Admin => Loopback(1);

    public Uri Legacy => Loopback(2);

    public Uri PeriodicalDates => Loopback(3);

    public Uri Absenteeism => Loopback(4);

    public Uri AntiCorruption => Loopback(5);

    public string RoutesFile => Path.Combine(DataFolder, "routes.json");

    public abstract string LegacyStore { get; }

    public abstract string PeriodicalDatesStore { get; }

    public abstract string AbsenteeismStore { get; }

    /// <summary>Parts that can be killed one by one; the last resort of a single process is itself.</summary>
    public abstract IReadOnlyList<string> Parts { get; }

    /// <summary>Starts what is not running; returns when everything answers.</summary>
    public abstract Task StartAsync();

    /// <summary>kill -9 of one of <see cref="Parts"/>; returns when it is gone.</summary>
    public abstract Task KillAsync(string part);

    /// <summary>Those of its eight ports on which somebody listens.</summary>
    public IReadOnlyList<int> PortsInUse() => [.. Enumerable.Range(FirstPort, Ports).Where(port => !IsFree(port))];

    /// <summary>Makes the routes of the clinic's first start live again, when they are not.</summary>
    public async Task RestoreRoutesAsync()
    {
        if (await File.ReadAllTextAsync(RoutesFile) == routes) return;
        await File.WriteAllTextAsync(RoutesFile + ".restored", routes);
        File.Move(RoutesFile + ".restored", RoutesFile, overwrite: true);
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(RoutesFile)));
        using var admin = new HttpClient { BaseAddress = Admin };
        await Wait.UntilAsync(async () => (await admin.GetStringAsync("/status")).Contains(hash, StringComparison.Ordinal), "the first routes are live again");
    }

    public async ValueTask InitializeAsync()
    {
        await StartAsync();
        routes = await File.ReadAllTextAsync(RoutesFile);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Assert.Empty(PortsInUse());
        Directory.Delete(DataFolder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected abstract Task StopAsync();

    internal static string Built(string project) => Repository.PathOf("artifacts", "bin", project, Configuration, project + ".dll");

    /// <summary>The folder that the tests themselves were built to: debug or release.</summary>
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Name;

    private Uri Loopback(int offset) => new($"http://127.0.0.1:{FirstPort + offset}");

    /// <summary>The first of eight free ports in a row, below those that a system gives to whoever connects (Linux: 32768 and up), which may take one at any moment.</summary>
    internal static int FreePorts()
    {
        const int lowest = 21000, blocks = 700, block = 16;
        lock (PortLock)
        {
            for (var tried = 0; tried < blocks; tried++)
            {
                var first = lowest + ((Environment.ProcessId + tried) % blocks * block);
                if (!Handed.Contains(first) && Enumerable.Range(first, Ports).All(IsFree) && Handed.Add(first)) return first;
            }
        }

        throw new InvalidOperationException("No block of free ports.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
