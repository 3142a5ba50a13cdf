using System.Diagnostics;

namespace Strangler.Tests.Servers;

/// <summary>A program that lies beside the tests, run as a process of its own to its end.</summary>
public sealed record ProgramRun(int Code, string Output, string Error)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="assembly">File name of its assembly.</param>
    /// <param name="arguments">Its command line.</param>
    public static async Task<ProgramRun> OfAsync(string assembly, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, assembly), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }

        return new(process.ExitCode, await output, await error);
    }
}
