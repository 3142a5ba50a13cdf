using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Strangler.Faults.Subject;

/// <summary>What the processes under test have in common: settings by command line, a log on standard output, and that none outlives the harness.</summary>
internal static class SubjectHost
{
    public static HostApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddCommandLine(args);
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
        new Thread(EndWithTheHarness) { IsBackground = true }.Start();
        return builder;
    }

    /// <summary>Standard input ends when the harness does, however it ends.</summary>
    private static void EndWithTheHarness()
    {
        Console.In.ReadToEnd();
        Environment.Exit(1);
    }
}
