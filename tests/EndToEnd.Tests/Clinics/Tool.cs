using System.Diagnostics;
using System.Text.Json;
using Strangler.Tests.Servers;

namespace EndToEnd.Tests.Clinics;

/// <summary>The tool `strangler` as a team runs it.</summary>
public static class Tool
{
    public sealed record Result(int ExitCode, string Output, string Errors)
    {
        public JsonElement Json => JsonDocument.Parse(Output).RootElement;
    }

    public static async Task<Result> RunAsync(params string[] arguments)
    {
        var program = Repository.PathOf("artifacts", "bin", "Strangler.Cli", new DirectoryInfo(AppContext.BaseDirectory).Name, "strangler.dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(program);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new(process.ExitCode, await output, await errors);
    }

    /// <summary>Flips and fails the test when the tool refuses.</summary>
    public static async Task FlipAsync(RunningClinic clinic, string route, string stage, params string[] options)
    {
        var result = await RunAsync(["flip", route, "--to", stage, "--why", "end-to-end test", "--admin", clinic.Admin.OriginalString, .. options]);
        Assert.True(result.ExitCode == 0, $"flip {route} --to {stage} ended with {result.ExitCode}: {result.Output}{result.Errors}");
    }
}
