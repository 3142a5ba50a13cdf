using System.CommandLine;
using Strangler.Cli.Admin;
using Strangler.Cli.Terminal;

namespace Strangler.Cli.Commands;

internal sealed class MismatchesCommand : ToolCommand
{
    private readonly Argument<string> route = new("ROUTE") { Description = "The route's id." };
    private readonly Option<bool> all = new("--all") { Description = "Also fields that are noise or ignored." };
    private readonly Option<string?> repeat = new("--repeat") { Description = "Send the request of this sample again, to legacy and to the service, and compare.", HelpName = "ID" };
    private readonly Option<string[]> headers = HeaderOption.Create("With --repeat: a header to send, e.g. a session of your own. Several are several options.");
    private readonly AdminOptions admin = new();

    public MismatchesCommand()
        : base("mismatches", "What stage shadow found: the fields in which the service answers otherwise, how often, since when, and masked samples.")
    {
        Add(route);
        foreach (var option in (Option[])[all, repeat, headers]) Add(option);
        admin.AddTo(this);
        Validators.Add(result =>
        {
            if (result.GetValue(headers) is { Length: > 0 } && result.GetValue(repeat) is null) result.AddError("--header belongs to --repeat.");
        });
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        using var client = admin.Open(given);
        var route = given.GetRequiredValue(this.route);
        if (given.GetValue(repeat) is { } sample)
        {
            var headers = HeaderOption.Read(given.GetValue(this.headers)).GroupBy(header => header.Key, StringComparer.OrdinalIgnoreCase).ToDictionary(group => group.Key, group => string.Join("; ", group.Select(header => header.Value)));
            var (rawAnswer, repeated) = await client.RepeatMismatchAsync(route, sample, headers, cancellation);
            screen.Json(rawAnswer);
            if (!screen.IsJson) Show(screen, repeated);
            return ExitCode.Done;
        }

        var (raw, found) = await client.MismatchesAsync(route, cancellation);
        screen.Json(raw);
        if (!screen.IsJson) Show(screen, found, given.GetValue(all));
        return ExitCode.Done;
    }

    private static void Show(Screen screen, Mismatches found, bool all)
    {
        var counts = found.Counts;
        screen.Line($"Route {found.Route}, stage {found.Stage}: legacy compared with {found.Service} since {RouteRows.Time(found.Since)}");
        screen.Line($"  seen      {counts.Seen} = skipped {Reasons(counts.Skipped)} + dropped {Reasons(counts.Dropped)} + waiting {counts.Waiting} + sent {counts.Sent}");
        screen.Line($"  sent      {counts.Sent} = under way {counts.UnderWay} + timed out {counts.TimedOut} + failed {Reasons(counts.Failed)} + compared {counts.Compared}");
        screen.Line($"  compared  {counts.Compared} = equal {counts.Equal} + ignored {counts.Ignored} + noisy {counts.Noisy} + different {counts.Different}");
        screen.Line($"  noise     legacy was compared with itself {found.AskedTwice} times");
        if (found.LegacyWrote > 0) screen.Line($"Warning: {found.LegacyWrote} GET or HEAD requests changed something at legacy, as its answers show. They were not copied; exclude their paths.");
        if (found.LegacyRows is { Wrote: true } rows) screen.Line($"Warning: legacy's rows had changed after {rows.Changed} of {rows.Asked} GET or HEAD requests that were sent again, and {rows.Otherwise} times without. Exclude paths that write, or take the route out of stage shadow.");
        if (found.ServiceWrote > 0) screen.Line($"Warning: {found.ServiceWrote} copies of GET or HEAD requests changed something at {found.Service}, as its answers show. Exclude their paths, or take the route out of stage shadow.");
        if (found.FieldsLeftOut > 0) screen.Line($"Too many fields differ; {found.FieldsLeftOut} differences are counted and not listed.");
        screen.Line();
        var fields = found.Fields.Where(field => all || field.Verdict == "mismatch").ToList();
        if (fields.Count == 0)
        {
            screen.Line(found.Fields.Count == 0 ? "No field differed." : $"No mismatch; {found.Fields.Count} fields are noise or ignored (--all shows them).");
            return;
        }

        screen.Table(["FIELD", "KIND", "VERDICT", "COUNT", "NOISE", "FIRST", "LAST", "LEGACY", "CANDIDATE", "REQUEST"], fields.Select(Row));
        if (fields.SelectMany(field => field.Samples).LastOrDefault(sample => sample.Method is "GET" or "HEAD") is not { } last) return;
        screen.Line();
        screen.Line($"Send one again: strangler mismatches {found.Route} --repeat {last.Id}");
    }

    private static IReadOnlyList<string> Row(MismatchedField field)
    {
        var sample = field.Samples.Count > 0 ? field.Samples[^1] : null;
        return
        [
            field.Field, field.Kind, field.Verdict, $"{field.Count}", $"{field.Noise}", RouteRows.Time(field.First), RouteRows.Time(field.Last),
            sample?.Legacy ?? "-", sample?.Candidate ?? "-", sample is null ? "-" : $"{sample.Id} {sample.Method} {sample.Target}",
        ];
    }

    private static void Show(Screen screen, RepeatedMismatch repeated)
    {
        screen.Line($"{repeated.Method} {repeated.Target}: legacy {Status(repeated.LegacyStatus)}, service {(repeated.NotAsked is { } reason ? $"not asked ({reason})" : Status(repeated.CandidateStatus))}");
        if (repeated.LegacyStatus is null || repeated.CandidateStatus is null) return;
        if (repeated.Differences.Count == 0) screen.Line("The answers are equal now.");
        else screen.Table(["FIELD", "KIND", "PLACES", "LEGACY", "CANDIDATE"], repeated.Differences.Select(field => (IReadOnlyList<string>)[field.Name, field.Kind, $"{field.Places}", field.Legacy ?? "-", field.Candidate ?? "-"]));
    }

    private static string Status(int? status) => status is { } code ? $"{code}" : "gave no answer";

    private static string Reasons(IReadOnlyDictionary<string, long> counts) =>
        counts.Count == 0 ? "0" : $"{counts.Values.Sum()} ({string.Join(", ", counts.OrderByDescending(reason => reason.Value).Select(reason => $"{reason.Key} {reason.Value}"))})";
}
