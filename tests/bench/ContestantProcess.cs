using System.Diagnostics;
using System.Globalization;

namespace Strangler.Bench;

/// <summary>A running contestant: one process with its children, its output in a file of the run's folder.</summary>
internal sealed class ContestantProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly string name;
    private readonly string log;
    private readonly Process process;

    private ContestantProcess(string name, string log, Process process)
    {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    public static ContestantProcess Start(string name, params string[] commandLine)
    {
        var log = Path.Combine(BenchPlan.Folder, $"{name}.log");
        // The shell writes the output to the file, so that no pipe through the bench takes part in what is measured; exec leaves one process.
        var start = new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", """log=$0; exec "$@" >"$log" 2>&1 </dev/null""", log } };
        foreach (var part in commandLine) start.ArgumentList.Add(part);
        return new(name, log, Process.Start(start)!);
    }

    /// <summary>Returns when it answers the request with the expected body.</summary>
    public async Task AnswersAsync(Uri url, string body, CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = Patience };
        var watch = Stopwatch.StartNew();
        var last = "";
        while (watch.Elapsed < Patience && !process.HasExited)
        {
            try
            {
                using var response = await client.GetAsync(url, cancellation);
                var text = await response.Content.ReadAsStringAsync(cancellation);
                if (response.IsSuccessStatusCode && text == body) return;
                last = $"status {(int)response.StatusCode}, {text.Length} characters";
            }
            catch (HttpRequestException notYet)
            {
                last = notYet.Message;
            }

            await Task.Delay(Interval, cancellation);
        }

        var output = string.Join(Environment.NewLine, File.ReadLines(log).TakeLast(20));
        throw new BenchException($"{name} does not answer {url} rightly ({last}). Its output:{Environment.NewLine}{output}");
    }

    /// <summary>Processor time used so far, its children included.</summary>
    public TimeSpan ProcessorTime()
    {
        var children = File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var total = TimeSpan.Zero;
        foreach (var id in children.Select(text => int.Parse(text, CultureInfo.InvariantCulture)).Append(process.Id))
        {
            using var one = Process.GetProcessById(id);
            total += one.TotalProcessorTime;
        }

        return total;
    }

    /// <summary>Resident memory of the process alone, in MiB.</summary>
    public double ResidentMebibytes()
    {
        process.Refresh();
        return process.WorkingSet64 / 1048576.0;
    }

    /// <summary>Ends it as its administrator would, so that it ends its own children.</summary>
    public void Dispose()
    {
        if (!process.HasExited)
        {
            using var terminate = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            terminate.WaitForExit();
            if (!process.WaitForExit(Patience)) process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }
}
