using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Strangler.Faults.Schedule;

namespace Strangler.Faults.Runs;

/// <summary>Counts of a run, while it goes on. Thread-safe.</summary>
internal sealed class RunProgress(RunPlan plan)
{
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly ConcurrentDictionary<string, int> faults = new(StringComparer.Ordinal);
    private int kills;
    private int seedsDone;
    private int violations;
    private long rows;

    public int Kills => Volatile.Read(ref kills);

    public TimeSpan Elapsed => watch.Elapsed;

    public IReadOnlyDictionary<string, int> Faults => faults;

    public void Struck(FaultKind kind)
    {
        faults.AddOrUpdate(kind.Name, 1, static (_, count) => count + 1);
        if (kind.IsKill) Interlocked.Increment(ref kills);
    }

    public void Done(SeedResult result)
    {
        Interlocked.Increment(ref seedsDone);
        Interlocked.Add(ref violations, result.Violations.Count);
        Interlocked.Add(ref rows, result.Rows);
    }

    /// <summary>One line: the scenario that is over, what came of the run so far, and how long it may still take.</summary>
    public string Line(SeedResult last) => string.Create(
        CultureInfo.InvariantCulture,
        $"{last.Name} ({seedsDone} of {plan.Seeds}), {last.Load}{(last.Backfill ? ", backfill" : "")}, {last.Rows:#,0} rows in {last.Seconds:0} s: {Kills} kills, {faults.Values.Sum()} faults, {rows:#,0} rows, {rows / Math.Max(Elapsed.TotalSeconds, 1):#,0} rows/s, {violations} violations, {Left} left");

    private string Left
    {
        get
        {
            var bySeeds = seedsDone == 0 ? (TimeSpan?)null : Elapsed / seedsDone * (plan.Seeds - seedsDone);
            var left = (bySeeds, plan.Limit - Elapsed) switch
            {
                ({ } seeds, { } limit) => seeds < limit ? seeds : limit,
                var (seeds, limit) => seeds ?? limit,
            };
            return left is { } known ? (known < TimeSpan.Zero ? TimeSpan.Zero : known).ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture) : "unknown time";
        }
    }
}
