using System.Diagnostics;
using Strangler.Tests.Servers;

namespace Strangler.Faults.Runs;

/// <summary>A process under test: killed and started again with the same arguments; its output goes to a file.</summary>
internal sealed class SubjectProcess(string name, string log, IReadOnlyList<string> arguments) : IAsyncDisposable
{
    private Process? process;
    private bool isKilled;

    public string Name => name;

    /// <summary>True when it ended though nobody ended it.</summary>
    public bool IsDead => process is { HasExited: true } && !isKilled;

    public int ExitCode => process!.ExitCode;

    /// <summary>Lines of its log that hold a text; none before its first start.</summary>
    public IEnumerable<string> LinesWith(string text) => File.Exists(log) ? File.ReadLines(log).Where(line => line.Contains(text, StringComparison.Ordinal)) : [];

    public void Start()
    {
        // The shell replaces itself by the program: output to a file at no cost, and the process is the program's own. It ends when this process does.
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true };
        foreach (var argument in (string[])["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", log, "dotnet", typeof(SubjectProcess).Assembly.Location, .. arguments]) start.ArgumentList.Add(argument);
        process?.Dispose();
        process = Process.Start(start)!;
        isKilled = false;
    }

    /// <summary>kill -9; returns when it is gone.</summary>
    public async Task KillAsync()
    {
        isKilled = true;
        Signals.Send(process!.Id, Signals.Kill);
        await process.WaitForExitAsync();
    }

    /// <summary>As an administrator ends it; killed when it has not ended within 30 s.</summary>
    public async Task StopAsync()
    {
        isKilled = true;
        Signals.Send(process!.Id, Signals.Terminate);
        try
        {
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException)
        {
            await KillAsync();
        }
    }

    public void Pause() => Signals.Send(process!.Id, Signals.Stop);

    public void Continue() => Signals.Send(process!.Id, Signals.Continue);

    public async ValueTask DisposeAsync()
    {
        if (process is null) return;
        await KillAsync();
        process.Dispose();
        process = null;
    }
}
