using System.Net;
using System.Net.Sockets;

namespace Strangler.Bench.Facade;

/// <summary>Reverse proxies in front of one backend, each a process of its own on a port of its own.</summary>
internal sealed class Contestants : IDisposable
{
    public const string Direct = "direct";
    public const string Nginx = "nginx";
    public const string HaProxy = "haproxy";
    public const string Yarp = "bare-yarp";
    public const string TunedYarp = "tuned-yarp";
    public const string Ours = "facade";

    /// <summary>What every answer holds.</summary>
    public static readonly string Body = new('x', 1024);

    private readonly int backendPort = FreePort();
    private readonly ContestantProcess backend;

    public Contestants()
    {
        backend = StartNginx("backend", NginxConfiguration.Backend(backendPort, Body));
    }

    public string BackendUrl => UrlOf(backendPort);

    public ContestantProcess Start(string name, int port) => name switch
    {
        Direct => StartNginx(Direct, NginxConfiguration.Backend(port, Body)),
        Nginx => StartNginx(Nginx, NginxConfiguration.Proxy(port, backendPort)),
        HaProxy => ContestantProcess.Start(HaProxy, "haproxy", "-db", "-f", Written(HaProxy, "haproxy.cfg", HaProxyConfiguration.Proxy(port, backendPort))),
        Yarp => ContestantProcess.Start(Yarp, "dotnet", typeof(BareYarp).Assembly.Location, BareYarp.Mode, UrlOf(port), BackendUrl),
        // With the runtime settings of our host, so that what is left is code.
        TunedYarp => ContestantProcess.Start(
            TunedYarp, "env", "DOTNET_gcConcurrent=0", "dotnet", typeof(BareYarp).Assembly.Location, BareYarp.Mode, UrlOf(port), BackendUrl),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such contestant."),
    };

    /// <summary>The owner of large bodies and open sockets.</summary>
    public static ContestantProcess StartBigOwner(int port) => ContestantProcess.Start(BigOwner.Mode, "dotnet", typeof(BigOwner).Assembly.Location, BigOwner.Mode, UrlOf(port));

    /// <summary>The facade as it is started for real.</summary>
    /// <param name="name">Of this variant.</param>
    /// <param name="port">Of its public listener.</param>
    /// <param name="routes">Its table.</param>
    /// <param name="admin">Port of its admin listener; null for any.</param>
    /// <param name="settings">More settings.</param>
    public static ContestantProcess StartFacade(string name, int port, string routes, int? admin = null, params string[] settings) => ContestantProcess.Start(
        name,
        [
            "dotnet",
            BuiltHost("Clinic.Facade"),
            "--urls", UrlOf(port),
            "--Facade:Admin", UrlOf(admin ?? FreePort()),
            "--Facade:Routes", Written(name, "routes.json", routes),
            "--Facade:State", Directory.CreateDirectory(Path.Combine(BenchPlan.Folder, name, $"state-{port}")).FullName,
            .. settings,
        ]);

    /// <summary>A table whose routes but the last are areas: <c>/area-N/…</c>.</summary>
    /// <param name="routes">How many, the last one included.</param>
    /// <param name="stage">The stage of the areas, with what it needs, as written in the file.</param>
    /// <param name="service">Where the areas' service is; null for the backend.</param>
    public string Routes(int routes, string stage = "\"stage\": \"legacy\"", string? service = null)
    {
        var areas = Enumerable.Range(1, routes - 1).Select(number =>
            $$"""    { "id": "area-{{number}}", "match": { "path": "/area-{{number}}/{**rest}", "methods": ["GET"] }, "service": "new", {{stage}} },""");
        return $$"""
            {
              "legacy": { "address": "{{BackendUrl}}", "sessionCookie": "SESSION" },
              "services": { "new": { "destinations": ["{{service ?? BackendUrl}}"] } },
              "routes": [
            {{string.Join('\n', areas)}}
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """;
    }

    /// <summary>A table with one area in stage shadow, for every method: both owners and the sink of unsafe requests are the one given.</summary>
    public static string Shadowed(string owner) => $$"""
        {
          "legacy": { "address": "{{owner}}" },
          "services": { "new": { "destinations": ["{{owner}}"] } },
          "routes": [
            { "id": "area-5", "match": { "path": "/area-5/{**rest}" }, "service": "new", "stage": "shadow", "shadow": { "sink": "{{owner}}" } },
            { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
          ]
        }
        """;

    public static string RoutesFileOf(string name) => Path.Combine(BenchPlan.Folder, name, "routes.json");

    public static string UrlOf(int port) => $"http://127.0.0.1:{port}";

    public static Uri PageOf(int port) => new($"{UrlOf(port)}/area-5/page?number=1");

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public void Dispose() => backend.Dispose();

    private static ContestantProcess StartNginx(string name, string configuration)
    {
        var file = Written(name, "nginx.conf", configuration);
        return ContestantProcess.Start(name, "nginx", "-p", Path.GetDirectoryName(file)!, "-c", file, "-e", "stderr");
    }

    private static string Written(string contestant, string file, string content)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(BenchPlan.Folder, contestant)).FullName, file);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>A host of this checkout, built beside the bench with the same configuration: artifacts/bin/PROJECT/release.</summary>
    private static string BuiltHost(string project) =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", project, Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), $"{project}.dll"));
}
