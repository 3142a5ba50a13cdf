using System.CommandLine;
using System.Text.Json;
using Strangler.Cli.Terminal;

namespace Strangler.Cli.Commands;

/// <summary>strangler lag: how far the confirmed messages are behind the source, and what became of every change.</summary>
internal sealed class LagCommand : ToolCommand
{
    private readonly Option<Uri> acl = AclOptions.Acl();

    public LagCommand()
        : base("lag", "How far the anti-corruption layer is behind its source, and what became of every change.")
        => Add(acl);

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        using var acl = AclOptions.Api(given.GetRequiredValue(this.acl));
        var raw = await acl.GetAsync<JsonElement>("/lag", cancellation);
        var lag = acl.Read<Lag>(raw);
        screen.Json(raw);
        if (!screen.IsJson) Show(screen, lag);
        return ExitCode.Done;
    }

    private static void Show(Screen screen, Lag lag)
    {
        screen.Line($"{lag.Phase} since {RouteRows.Time(lag.Since)}");
        if (lag.Problem is { } problem) screen.Line(problem);
        screen.Line(lag.Behind is { } behind
            ? $"{behind} {lag.Unit} behind ({lag.SecondsBehind ?? 0:0.0} s), {lag.Retained ?? 0} {lag.Unit} retained, {lag.UnconfirmedMessages} messages unconfirmed"
            : "The source does not tell its position.");
        foreach (var table in lag.Shapes)
        {
            if (table.Held is { } held) screen.Line($"Held: {held}");
            else if (table.Drift.Count > 0) screen.Line($"Table {table.Table} drifted: {string.Join(", ", table.Drift)}");
        }

        screen.Line($"Quarantine: {lag.Quarantine.Open} open, {lag.Quarantine.Superseded} superseded");
        if (lag.Quarantine.ParkedKeys > 0) screen.Line($"Parked: {lag.Quarantine.ParkedKeys} keys, with {lag.Quarantine.Queued} changes behind");
        screen.Line();
        screen.Table(["TRANSLATOR", "IN", "PUBLISHED", "SKIPPED", "QUARANTINED"], lag.Translators.Select(static one => (IReadOnlyList<string>)
            [one.Name, $"{one.In}", $"{one.Published}", $"{one.Skipped.Values.Sum()}", $"{one.Quarantined.Values.Sum()}"]));
        if (lag.Backfill.All(static table => table.State == "complete")) return;
        screen.Line();
        BackfillCommand.Show(screen, lag.Backfill.Where(static table => table.State != "complete"));
    }

    private sealed record Lag(
        string Phase, DateTimeOffset Since, string? Problem, ulong? Behind, string? Unit, double? SecondsBehind, long? Retained, int UnconfirmedMessages,
        IReadOnlyList<BackfillCommand.Table> Backfill, IReadOnlyList<Translator> Translators, Waiting Quarantine, IReadOnlyList<Shape> Shapes);

    private sealed record Translator(string Name, long In, long Published, IReadOnlyDictionary<string, long> Skipped, IReadOnlyDictionary<string, long> Quarantined);

    private sealed record Shape(string Table, string? Held, IReadOnlyList<string> Drift);

    private sealed record Waiting(long Open, long Superseded, long ParkedKeys, long Queued);
}
