using Yarp.ReverseProxy.Configuration;

namespace Strangler.Bench.Facade;

/// <summary>
/// YARP as a team gets it from the web template with the lines of its quick start, one route to one destination; the runtime settings are
/// those of the web SDK. One thing is kinder than the template: YARP writes two log lines a request at Information, which would make
/// the console the bottleneck, so this peer logs warnings only.
/// </summary>
internal static class BareYarp
{
    public const string Mode = "bare-yarp";

    public static Task RunAsync(string listen, string backend)
    {
        var builder = WebApplication.CreateBuilder(["--urls", listen, "--Logging:LogLevel:Default", "Warning"]);
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "backend", Match = new RouteMatch { Path = "/{**rest}" } }],
            [new ClusterConfig { ClusterId = "backend", Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = backend } } }]);
        var app = builder.Build();
        app.MapReverseProxy();
        return app.RunAsync();
    }
}
