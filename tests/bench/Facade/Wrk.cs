using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Strangler.Bench.Facade;

/// <summary>Load over kept-alive connections, each sending its next request when the last was answered.</summary>
internal static class Wrk
{
    // A thousand users, each with a session cookie of their own, taking turns. Exact figures instead of the rounded ones that wrk prints: microseconds.
    private const string Script = """
        local pause, users, turn = 0, {}, 0
        init = function(arguments)
          pause = tonumber(arguments[1])
          for user = 1, 1000 do users[user] = wrk.format("GET", nil, { Cookie = "SESSION=" .. user }) end
        end
        delay = function() return pause end
        request = function()
          turn = turn % 1000 + 1
          return users[turn]
        end
        done = function(summary, latency, requests)
          io.write(string.format('\n{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"failed":%d}\n',
            summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
            summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout))
        end
        """;

    /// <param name="url">What every request asks for.</param>
    /// <param name="connections">Kept-alive connections.</param>
    /// <param name="length">Of the load.</param>
    /// <param name="pause">Of a connection before its next request, in whole milliseconds; zero for as fast as answers come.</param>
    /// <param name="cancellation">Ends the load.</param>
    /// <param name="failuresCount">Whether failed requests are what is measured; otherwise one is the end of the bench, for who fails is not fast.</param>
    public static async Task<LoadResult> RunAsync(Uri url, int connections, TimeSpan length, TimeSpan pause, CancellationToken cancellation, bool failuresCount = false)
    {
        var script = Path.Combine(BenchPlan.Folder, "figures.lua");
        await File.WriteAllTextAsync(script, Script, cancellation);
        // One thread of wrk loads more than a proxy bears on two cores; more would take their time from it.
        var threads = Math.Max(1, Environment.ProcessorCount / 4);
        var start = new ProcessStartInfo("wrk") { RedirectStandardOutput = true };
        string[] arguments = [$"-t{threads}", $"-c{connections}", $"-d{length.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s", "-s", script, url.AbsoluteUri, "--", pause.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var wrk = Process.Start(start)!;
        // Reading from a pipe does not end by cancellation, only with the process that writes to it.
        await using var stopped = cancellation.Register(wrk.Kill);
        var output = await wrk.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await wrk.WaitForExitAsync(CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        var line = output.Split('\n').LastOrDefault(line => line.StartsWith('{')) ?? throw new BenchException($"wrk gave no figures: {output}");
        var result = JsonSerializer.Deserialize<LoadResult>(line, JsonSerializerOptions.Web)!;
        return result.Failed == 0 || failuresCount ? result : throw new BenchException($"{result.Failed} of {result.Requests} requests to {url} failed.");
    }
}

/// <summary>One load; times in microseconds.</summary>
internal sealed record LoadResult(long Requests, long Microseconds, long P50, long P99, long Failed)
{
    public double RequestsPerSecond => Requests * 1e6 / Microseconds;
}
