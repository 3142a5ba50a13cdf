using Strangler.Faults.Oracle;
using Strangler.Faults.Schedule;
using Strangler.Faults.Workload;

namespace Strangler.Faults.Runs;

/// <summary>What a person needs to understand a violation: the schedule up to it, and the history of its key on every side.</summary>
internal static class Evidence
{
    private const int KeysShown = 20;

    public static async Task WriteAsync(
        FileInfo file, Scenario scenario, IEnumerable<string> schedule, IReadOnlyList<Violation> violations,
        IReadOnlyDictionary<string, List<CommittedWrite>> committed, IReadOnlyList<ConsumerView> views)
    {
        await using var text = file.CreateText();
        await text.WriteLineAsync($"seed {scenario.Seed}, load {scenario.Load}, backfill {scenario.Backfill}, checkpoint every {scenario.CheckpointInterval}, handler failures {scenario.HandlerFailures}, planted {scenario.Plant?.ToString() ?? "nothing"}");
        await text.WriteLineAsync("\nSchedule");
        foreach (var line in schedule) await text.WriteLineAsync($"  {line}");
        await text.WriteLineAsync($"\n{violations.Count} violations");
        foreach (var violation in violations) await text.WriteLineAsync($"  {Line(violation)}");
        foreach (var key in violations.Select(violation => violation.Key).OfType<string>().Distinct().Take(KeysShown))
        {
            await text.WriteLineAsync($"\n{key}");
            foreach (var write in committed.GetValueOrDefault(key, [])) await text.WriteLineAsync($"  committed {State(write.N, write.Hash)}");
            foreach (var view in views)
            {
                foreach (var entry in view.Journal.Where(entry => entry.Key == key)) await text.WriteLineAsync($"  {view.Consumer} applied {entry.Version} {State(entry.N, entry.Hash)}");
                foreach (var row in view.Rows.Where(row => row.Key == key)) await text.WriteLineAsync($"  {view.Consumer} keeps {State(row.N, row.Hash)}");
            }
        }
    }

    public static string Line(Violation violation) => $"{violation.Kind} at {violation.Where}{(violation.Key is null ? "" : $", {violation.Key}")}: {violation.Text}";

    private static string State(long? n, string? hash) => n is null ? "deleted" : FormattableString.Invariant($"n = {n} {hash}");
}
