using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Strangler.Facade;
using Strangler.Telemetry;

namespace Strangler.Cli.Starting;

/// <summary>A facade in front of any HTTP application, by configuration alone.</summary>
internal static class ServedFacade
{
    /// <param name="settings">Facade settings as <c>--Key value</c> pairs; environment variables give what they leave out.</param>
    /// <param name="json">Whether the log is written as JSON lines.</param>
    public static WebApplication Create(IEnumerable<string> settings, bool json)
    {
        // The content root is the tool's own folder: an appsettings.json that lies where the tool was started belongs to somebody else.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [.. settings], ContentRootPath = AppContext.BaseDirectory });
        builder.AddStranglerFacade();
        builder.Services.AddStranglerTelemetry("facade");
        builder.Logging.ClearProviders();
        if (json) builder.Logging.AddJsonConsole();
        else builder.Logging.AddSimpleConsole(console => console.SingleLine = true);

        // The command says itself where it listens.
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        // Plain http speaks HTTP/1.1 alone; Kestrel warns of it at every start.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);

        // Standard output is the command's own.
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        return builder.Build().UseStranglerFacade();
    }
}
