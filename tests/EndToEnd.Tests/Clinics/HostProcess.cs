using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Strangler.Tests.Servers;

namespace EndToEnd.Tests.Clinics;

/// <summary>A .NET program as a child process whose output is kept.</summary>
public sealed partial class HostProcess : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();

    private HostProcess(Process process) => this.process = process;

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    public string Output
    {
        get
        {
            lock (output) return output.ToString();
        }
    }

    public static HostProcess Start(string program, params string[] arguments) => Start(program, new Dictionary<string, string>(), arguments);

    /// <param name="program">Its assembly.</param>
    /// <param name="environment">What its environment has besides.</param>
    /// <param name="arguments">Its command line.</param>
    public static HostProcess Start(string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        start.ArgumentList.Add(program);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var started = new HostProcess(new Process { StartInfo = start });
        started.process.OutputDataReceived += (_, line) => started.Keep(line.Data);
        started.process.ErrorDataReceived += (_, line) => started.Keep(line.Data);
        started.process.Start();
        started.process.BeginOutputReadLine();
        started.process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Waits until the output contains the text; fails with the output when the process ends or the deadline passes before.</summary>
    public async Task PrintsAsync(string text, TimeSpan deadline)
    {
        var watch = Stopwatch.StartNew();
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            if (process.HasExited) Assert.Fail($"It ended with exit code {process.ExitCode} before it printed '{text}':\n{Output}");
            if (watch.Elapsed > deadline) Assert.Fail($"It did not print '{text}' within {deadline.TotalSeconds} s:\n{Output}");
            await Task.Delay(20);
        }
    }

    /// <summary>Waits for its own end.</summary>
    public async Task<int> ExitsAsync(TimeSpan deadline)
    {
        await Wait.UntilAsync(() => process.HasExited, $"the process ended; it printed:\n{Output}", deadline);
        // Waiting without a limit also waits for the last lines of its output.
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>TERM, which it treats as Ctrl+C, then waits for its end. INT would be ignored where the tests run in the background of a shell.</summary>
    public async Task<int> InterruptAsync()
    {
        if (process.HasExited) return process.ExitCode;
        const int terminate = 15;
        _ = Kill(process.Id, terminate);
        return await ExitsAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    public void Dispose() => process.Dispose();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (output) output.AppendLine(line);
    }
}
