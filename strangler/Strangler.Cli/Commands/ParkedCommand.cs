using System.CommandLine;
using System.Text.Json;
using Strangler.Cli.Terminal;

namespace Strangler.Cli.Commands;

/// <summary>strangler parked list | show | retry | discard: keys whose messages a consumer cannot apply, and what an operator decides about them.</summary>
internal sealed class ParkedCommand : Command
{
    public ParkedCommand()
        : base("parked", "Keys whose messages a service's consumer could not apply.")
    {
        Add(new ParkedListCommand());
        Add(new ParkedShowCommand());
        Add(new ParkedRetryCommand());
        Add(new ParkedDiscardCommand());
    }
}

internal sealed class ParkedListCommand : ToolCommand
{
    private readonly ServiceOptions service;
    private readonly Option<int> limit = ToolOptions.Limit(1_000, 10_000);

    public ParkedListCommand()
        : base("list", "Keys that wait, the oldest first: parked ones for an operator, paused ones for another attempt.")
    {
        service = new(this);
        Add(limit);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        using var client = service.Open(given);
        var raw = await client.GetAsync<JsonElement>($"/consumers/parked?limit={given.GetValue(limit)}{service.Query(given)}", cancellation);
        var keys = client.Read<IReadOnlyList<WaitingKey>>(raw);
        screen.Json(raw);
        if (screen.IsJson) return ExitCode.Done;

        if (keys.Count == 0) screen.Line("Nothing waits.");
        else screen.Table(["CONSUMER", "KEY", "STATE", "SINCE", "ATTEMPTS", "MESSAGES", "TYPE", "REASON"], keys.Select(static key => key.Row));
        return ExitCode.Done;
    }
}

internal sealed class ParkedShowCommand : ToolCommand
{
    private readonly Argument<string> key = new("KEY") { Description = "The key, as `parked list` names it." };
    private readonly ServiceOptions service;
    private readonly Option<int> limit = ToolOptions.Limit(100, 1_000);

    public ParkedShowCommand()
        : base("show", "What waits of one key, in order; values are masked.")
    {
        Add(key);
        service = new(this);
        Add(limit);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        using var client = service.Open(given);
        var key = Uri.EscapeDataString(given.GetRequiredValue(this.key));
        var raw = await client.GetAsync<JsonElement>($"/consumers/parked/messages?key={key}&limit={given.GetValue(limit)}{service.Query(given)}", cancellation);
        var answer = client.Read<Answer>(raw);
        screen.Json(raw);
        screen.Line($"{answer.Key.Key} of {answer.Key.Consumer}: {answer.Key.State} since {answer.Key.Since} after {answer.Key.Attempts} attempts, {answer.Key.Messages} messages wait.");
        screen.Line(answer.Key.Reason);
        screen.Line();
        screen.Table(["#", "VERSION", "TYPE", "TIME", "BYTES", "BODY"], answer.Messages.Select(static message => (IReadOnlyList<string>)
            [$"{message.Position}", message.Version, message.Type, $"{message.Time:u}", $"{message.Bytes}", message.Body?.GetRawText() ?? ""]));
        return ExitCode.Done;
    }

    private sealed record Answer(WaitingKey Key, IReadOnlyList<Message> Messages);

    private sealed record Message(long Position, string Version, string Type, DateTimeOffset Time, int Bytes, JsonElement? Body);
}

internal sealed class ParkedRetryCommand : ToolCommand
{
    private readonly Argument<string[]> keys = new("KEY") { Description = "Keys to retry, as `parked list` names them.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> all = new("--all") { Description = "Every parked one." };
    private readonly Option<bool> incomplete = new("--incomplete") { Description = "Transactions that wait in vain for their rest take effect without it." };
    private readonly Option<string> who = ToolOptions.Who();
    private readonly ServiceOptions service;

    public ParkedRetryCommand()
        : base("retry", "Tries keys again, in order, after the cause was corrected. Fails when a message of one fails again.")
    {
        Add(keys);
        Add(all);
        Add(incomplete);
        Add(who);
        service = new(this);
        Validators.Add(result =>
        {
            if (result.GetValue(all) == result.GetValue(keys) is { Length: > 0 }) result.AddError("Name the keys to retry, or say --all.");
        });
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        using var client = service.Open(given);
        var (all, incomplete, who, consumer) = (given.GetValue(this.all), given.GetValue(this.incomplete), given.GetRequiredValue(this.who), service.Consumer(given));
        var raw = await client.PostAsync<JsonElement>("/consumers/parked/retry", new { consumer, keys = all ? null : given.GetValue(keys), all, who, incomplete }, cancellation);
        return KeyDecision.Show(client.Read<IReadOnlyList<KeyDecision>>(raw), raw, screen);
    }
}

internal sealed class ParkedDiscardCommand : ToolCommand
{
    private readonly Argument<string> key = new("KEY") { Description = "The key, as `parked list` names it." };
    private readonly Option<bool> all = new("--all-messages") { Description = "Everything of the key that waits, not its first message alone." };
    private readonly Option<string> why = ToolOptions.Why();
    private readonly Option<string> who = ToolOptions.Who();
    private readonly ServiceOptions service;

    public ParkedDiscardCommand()
        : base("discard", "Gives up the message of a key that fails, and tries what follows it. Kept, with who and why, in the consumer's store.")
    {
        Add(key);
        Add(all);
        Add(why);
        Add(who);
        service = new(this);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        using var client = service.Open(given);
        var request = new { consumer = service.Consumer(given), key = given.GetRequiredValue(key), all = given.GetValue(all), who = given.GetRequiredValue(who), why = given.GetRequiredValue(why) };
        var raw = await client.PostAsync<JsonElement>("/consumers/parked/discard", request, cancellation);
        return KeyDecision.Show([client.Read<KeyDecision>(raw)], raw, screen);
    }
}

internal sealed record WaitingKey(string Consumer, string Key, string State, string Since, long Attempts, long Messages, string Type, string Reason)
{
    public IReadOnlyList<string> Row => [Consumer, Key, State, Since, $"{Attempts}", $"{Messages}", Type, Reason];
}

/// <summary>What came of a decision about one key.</summary>
internal sealed record KeyDecision(string Key, string Outcome, long Applied, int Discarded, long Left, string? Reason)
{
    /// <summary>Says what came of each; fails when one still waits, or never did.</summary>
    public static ExitCode Show(IReadOnlyList<KeyDecision> decisions, JsonElement raw, Screen screen)
    {
        screen.Json(raw);
        if (decisions.Count == 0) screen.Line("Nothing is parked.");
        foreach (var decision in decisions.Where(static decision => decision.Outcome == "flows")) screen.Line($"{decision.Key} flows: {decision.Done}");
        var failed = decisions.Where(static decision => decision.Outcome != "flows").Select(static decision => decision.Told).ToList();
        if (failed.Count == 0) return ExitCode.Done;
        // With --json the answer above says it all.
        return screen.IsJson ? ExitCode.Failed : throw new CommandFailedException(ExitCode.Failed, string.Join(Environment.NewLine, failed));
    }

    private string Done => $"{Applied} applied{(Discarded > 0 ? $", {Discarded} discarded" : "")}";

    private string Told => Outcome == "unknown" ? $"{Key} unknown: no message of it waits." : $"{Key} waits: {Done}, {Left} left: {Reason}";
}
