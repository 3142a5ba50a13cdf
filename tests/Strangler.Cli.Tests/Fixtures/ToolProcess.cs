using System.Collections.Concurrent;
using System.Diagnostics;
using Strangler.Tests.Servers;

namespace Strangler.Cli.Tests;

/// <summary>The built tool as a process of its own, in a folder of its own.</summary>
internal sealed class ToolProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> output = [];
    private readonly ConcurrentQueue<string> error = [];

    private ToolProcess(Process process) => this.process = process;

    public string Output => string.Concat(output.Select(line => line + "\n"));

    public string Error => string.Concat(error.Select(line => line + "\n"));

    public static ToolProcess Start(string folder, IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        // A shell without job control, or nohup, makes all that it starts ignore signals, the tests and what they start included; a tool at a terminal does not.
        var start = new ProcessStartInfo("env", ["--default-signal=INT,HUP", Path.Combine(AppContext.BaseDirectory, "strangler"), .. args])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var tool = new ToolProcess(new Process { StartInfo = start });
        tool.process.OutputDataReceived += (_, line) => Keep(tool.output, line.Data);
        tool.process.ErrorDataReceived += (_, line) => Keep(tool.error, line.Data);
        tool.process.Start();
        tool.process.BeginOutputReadLine();
        tool.process.BeginErrorReadLine();
        return tool;
    }

    public static async Task<ToolRun> RunAsync(string folder, IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        await using var tool = Start(folder, environment, args);
        return await tool.EndAsync();
    }

    /// <summary>Waits for a text on either stream; fails the test with what there is when the process ends before.</summary>
    public async Task SaysAsync(string text)
    {
        await Wait.UntilAsync(() => Output.Contains(text, StringComparison.Ordinal) || Error.Contains(text, StringComparison.Ordinal) || process.HasExited, $"the tool says '{text}'", TimeSpan.FromSeconds(60));
        Assert.False(process.HasExited, $"The tool ended with {(process.HasExited ? process.ExitCode : 0)}: {Error}");
    }

    /// <summary>Asks the process to stop, as Ctrl+C does.</summary>
    public Task InterruptAsync() => SignalAsync("INT");

    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    public async Task<ToolRun> EndAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        await process.WaitForExitAsync(limit.Token);
        return new(process.ExitCode, Output, Error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null) lines.Enqueue(line);
    }
}
