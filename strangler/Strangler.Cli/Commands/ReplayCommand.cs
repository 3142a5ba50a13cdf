using System.CommandLine;
using System.Text.Json;
using Strangler.Cli.Admin;
using Strangler.Cli.Terminal;

namespace Strangler.Cli.Commands;

/// <summary>strangler replay: gives one consumer messages again that the broker has kept. It goes on in the service when the tool ends.</summary>
internal sealed class ReplayCommand : ToolCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly Argument<string> consumer = new("CONSUMER") { Description = "The consumer, by its name." };
    private readonly Option<string> from = new("--from") { Description = "A time (2026-03-01T08:00:00Z), or a position of the source as `lag` or the database writes it.", HelpName = "TIME|POSITION", Required = true };
    private readonly Option<string> who = ToolOptions.Who();
    private readonly ServiceOptions service;

    public ReplayCommand()
        : base("replay", "Gives a consumer its messages again, from a time or a position; what its store has seen has no second effect.")
    {
        Add(consumer);
        Add(from);
        Add(who);
        service = new(this, severalConsumers: false);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        using var client = service.Open(given);
        var consumer = given.GetRequiredValue(this.consumer);
        var raw = await client.PostAsync<JsonElement>("/consumers/replay", new { consumer, from = given.GetRequiredValue(from), who = given.GetRequiredValue(who) }, cancellation);
        var progress = client.Read<Progress>(raw);
        screen.Line($"{consumer} is given its messages again from {progress.From}; Ctrl+C ends this command, not the replay.");
        for (var shown = ""; progress.State == "running"; (progress, raw) = await LookAsync(client, consumer, cancellation))
        {
            if (shown != progress.Told) screen.Line(shown = progress.Told);
            await Task.Delay(Look, cancellation);
        }

        screen.Json(raw);
        screen.Line(progress.Told);
        if (progress.State == "done") return ExitCode.Done;
        return screen.IsJson ? ExitCode.Failed : throw new CommandFailedException(ExitCode.Failed, $"The replay failed: {progress.Problem}. Begin it again; what is done has no second effect.");
    }

    private static async Task<(Progress Progress, JsonElement Raw)> LookAsync(JsonApi service, string consumer, CancellationToken cancellation)
    {
        var raw = await service.GetAsync<JsonElement>($"/consumers/replay?consumer={Uri.EscapeDataString(consumer)}", cancellation);
        return (service.Read<Progress>(raw), raw);
    }

    private sealed record Progress(
        string From, string State, int PartitionsDone, int Partitions, DateTimeOffset? Oldest, long Read, long Applied, long Duplicate, long Stale, long CameToWait, string? Problem)
    {
        public string Told =>
            $"{PartitionsDone} of {Partitions} partitions, {Read} messages{(Oldest is { } oldest ? $" since {oldest:u}" : "")}: {Applied} applied, {Duplicate + Stale} known, {CameToWait} wait{(Problem is null ? "" : $"; {Problem}")}";
    }
}
