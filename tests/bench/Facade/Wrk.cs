using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Strangler.Bench.Facade;

/// <summary>Load over kept-alive connections, each sending its next request when the last was answered.</summary>
internal static class Wrk
{
    // Exact figures instead of the rounded ones that wrk prints: microseconds.
    private const string Script = """
        done = function(summary, latency, requests)
          io.write(string.format('\n{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"failed":%d}\n',
            summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
            summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout))
        end
        """;

    public static async Task<LoadResult> RunAsync(Uri url, int connections, TimeSpan length, CancellationToken cancellation)
    {
        var script = Path.Combine(BenchPlan.Folder, "figures.lua");
        await File.WriteAllTextAsync(script, Script, cancellation);
        // One thread of wrk loads more than a proxy bears on two cores; more would take their time from it.
        var threads = Math.Max(1, Environment.ProcessorCount / 4);
        var start = new ProcessStartInfo("wrk") { RedirectStandardOutput = true };
        string[] arguments = [$"-t{threads}", $"-c{connections}", $"-d{length.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s", "-s", script, url.AbsoluteUri];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var wrk = Process.Start(start)!;
        // Reading from a pipe does not end by cancellation, only with the process that writes to it.
        await using var stopped = cancellation.Register(wrk.Kill);
        var output = await wrk.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await wrk.WaitForExitAsync(CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        var line = output.Split('\n').LastOrDefault(line => line.StartsWith('{')) ?? throw new BenchException($"wrk gave no figures: {output}");
        var result = JsonSerializer.Deserialize<LoadResult>(line, JsonSerializerOptions.Web)!;
        // A contestant that fails is not fast.
        return result.Failed == 0 ? result : throw new BenchException($"{result.Failed} of {result.Requests} requests to {url} failed.");
    }
}

/// <summary>One load; times in microseconds.</summary>
internal sealed record LoadResult(long Requests, long Microseconds, long P50, long P99, long Failed)
{
    public double RequestsPerSecond => Requests * 1e6 / Microseconds;
}
