using System.Diagnostics;

namespace Strangler.Tests.Servers;

/// <summary>Runs .ci/servers.sh, the one place that knows how to start and stop the servers.</summary>
internal static class ServerScript
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Repository.PathOf(".ci", "servers.sh"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(timeout.Token);
        if (process.ExitCode != 0) throw new InvalidOperationException($"servers.sh {string.Join(' ', arguments)}: {await errors}");
        return (await output).Trim();
    }
}
