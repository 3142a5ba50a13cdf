using System.CommandLine;
using System.Text.Json;
using Strangler.Cli.Terminal;

namespace Strangler.Cli.Commands;

/// <summary>strangler quarantine list | retry: rows that no translator understood, and another try after the row or the rule was corrected.</summary>
internal sealed class QuarantineCommand : Command
{
    public QuarantineCommand()
        : base("quarantine", "Changes that a translator refused, or at which it threw.")
    {
        Add(new QuarantineListCommand());
        Add(new QuarantineRetryCommand());
    }
}

internal sealed class QuarantineListCommand : ToolCommand
{
    private readonly Option<Uri> acl = AclOptions.Acl();
    private readonly Option<int> limit = ToolOptions.Limit(1_000, 10_000);

    public QuarantineListCommand()
        : base("list", "Changes that wait, oldest first, with how many wait behind each; values are masked.")
    {
        Add(acl);
        Add(limit);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        using var acl = AclOptions.Api(given.GetRequiredValue(this.acl));
        var raw = await acl.GetAsync<JsonElement>($"/quarantine?limit={given.GetValue(limit)}", cancellation);
        var rows = acl.Read<IReadOnlyList<Row>>(raw);
        screen.Json(raw);
        if (screen.IsJson) return ExitCode.Done;

        if (rows.Count == 0) screen.Line("Nothing waits.");
        else screen.Table(["ID", "STATE", "TABLE", "KEY", "BEHIND IT", "RULE", "REASON"], rows.Select(static row => (IReadOnlyList<string>)[row.Id, row.State, row.Table, row.Key, $"{row.Waiting}", row.Rule, row.Reason]));
        return ExitCode.Done;
    }

    private sealed record Row(string Id, string State, string Table, string Key, string Rule, string Reason, long Waiting);
}

internal sealed class QuarantineRetryCommand : ToolCommand
{
    private readonly Argument<string[]> ids = new("ID") { Description = "Changes to retry, as `quarantine list` names them.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> all = new("--all") { Description = "Every open one." };
    private readonly Option<Uri> acl = AclOptions.Acl();

    public QuarantineRetryCommand()
        : base("retry", "Translates changes again and publishes them at their original version, then what waits behind them. Fails when one is refused again.")
    {
        Add(ids);
        Add(all);
        Add(acl);
        Validators.Add(result =>
        {
            if (result.GetValue(all) == result.GetValue(ids) is { Length: > 0 }) result.AddError("Name the changes to retry, or say --all.");
        });
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        using var acl = AclOptions.Api(given.GetRequiredValue(this.acl));
        object request = given.GetValue(all) ? new { all = true } : new { ids = given.GetValue(ids) };
        var raw = await acl.PostAsync<JsonElement>("/quarantine/retry", request, cancellation);
        var answer = acl.Read<Answer>(raw);
        screen.Json(raw);
        screen.Line($"{answer.Published} published, {answer.Skipped} skipped, {answer.Refused} refused again");
        foreach (var result in answer.Results.Where(static result => result.Outcome is "superseded")) screen.Line(Told(result));
        var failed = answer.Results.Where(static result => result.Outcome is "refused" or "behind" or "unknown").Select(Told).ToList();
        if (failed.Count == 0) return ExitCode.Done;
        // With --json the answer above says it all.
        return screen.IsJson ? ExitCode.Failed : throw new CommandFailedException(ExitCode.Failed, string.Join(Environment.NewLine, failed));
    }

    private static string Told(Result result) => $"{result.Id} {result.Outcome}: {result.Detail}";

    private sealed record Answer(int Published, int Skipped, int Refused, IReadOnlyList<Result> Results);

    private sealed record Result(string Id, string Outcome, string Detail);
}
