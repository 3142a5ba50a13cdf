using System.CommandLine;
using System.Data.Common;
using System.Text.Json;
using Strangler.AntiCorruption;
using Strangler.Cli.Terminal;

namespace Strangler.Cli.Commands;

/// <summary>strangler doctor: everything at the legacy database that stands in the way of capture, or will some day, with the statements that cure it.
/// Asks the layer about its own source; with --source it looks by itself, before there is a layer or as another role. Changes nothing.</summary>
internal sealed class DoctorCommand : ToolCommand
{
    private readonly Option<string?> source = SourceOptions.Source(required: false);
    private readonly Option<string?> tables = SourceOptions.Tables(required: false);
    private readonly Option<string> slot = Named("--slot", "PostgreSQL: name of the replication slot.");
    private readonly Option<string> publication = Named("--publication", "PostgreSQL: name of the publication.");
    private readonly Option<Uri> acl = AclOptions.Acl();

    public DoctorCommand()
        : base("doctor", "What stands in the way of capture at the legacy database, and what cures it. Fails when there is an error.")
    {
        Add(source);
        Add(tables);
        Add(slot);
        Add(publication);
        Add(acl);
        Validators.Add(result =>
        {
            if (result.GetValue(source) is null && result.GetValue(tables) is not null) result.AddError("--tables needs --source; without both, the layer tells.");
        });
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        var (findings, raw) = given.GetValue(this.source) is { } source
            ? await LookAsync(source, given, cancellation)
            : await AskAsync(given, cancellation);
        screen.Json(raw);
        if (!screen.IsJson) Show(screen, findings);
        return findings.Any(static finding => finding.Severity == "error") ? ExitCode.Failed : ExitCode.Done;
    }

    private async Task<(IReadOnlyList<Finding> Findings, object Raw)> AskAsync(ParseResult given, CancellationToken cancellation)
    {
        using var acl = AclOptions.Api(given.GetRequiredValue(this.acl));
        var raw = await acl.GetAsync<JsonElement>("/doctor", cancellation);
        return (acl.Read<Report>(raw).Findings, raw);
    }

    private async Task<(IReadOnlyList<Finding> Findings, object Raw)> LookAsync(string source, ParseResult given, CancellationToken cancellation)
    {
        var tables = given.GetValue(this.tables) is { } named ? SourceOptions.Read(named) : await TablesOfLayerAsync(given, cancellation);
        await using var feed = SourceOptions.Open(source, new() { Slot = given.GetRequiredValue(slot), Publication = given.GetRequiredValue(publication) }, new());
        try
        {
            var found = await feed.ExamineAsync(tables, null, cancellation);
            var report = new Report(
                [.. tables.Select(static table => new Table(table.Name, table.KeyColumn, table.NeedsBefore))],
                [.. found.Select(static one => new Finding(one.Severity.ToString().ToLowerInvariant(), one.Code, one.Thing, one.Problem, one.Cure, one.Advice, one.CuredAtStart))]);
            return (report.Findings, report);
        }
        catch (DbException failure)
        {
            throw SourceOptions.NoAnswer(failure);
        }
    }

    private async Task<IReadOnlyList<CapturedTable>> TablesOfLayerAsync(ParseResult given, CancellationToken cancellation)
    {
        using var acl = AclOptions.Api(given.GetRequiredValue(this.acl));
        try
        {
            var report = await acl.GetAsync<Report>("/doctor", cancellation);
            return [.. report.Tables.Select(static table => new CapturedTable(table.Name, table.KeyColumn, table.NeedsBefore))];
        }
        catch (CommandFailedException failure) when (failure.Code == ExitCode.Unreachable)
        {
            throw new CommandFailedException(ExitCode.Unreachable, $"{failure.Message} Or name the tables with --tables.");
        }
    }

    private static void Show(Screen screen, IReadOnlyList<Finding> findings)
    {
        if (findings.Count == 0)
        {
            screen.Line("Nothing stands in the way of capture.");
            return;
        }

        var sorted = findings.OrderBy(static finding => finding.Severity switch { "error" => 0, "warning" => 1, _ => 2 }).ToList();
        screen.Table(["SEVERITY", "THING", "PROBLEM"], sorted.Select(static one => (IReadOnlyList<string>)[one.Severity, one.Thing, one.Advice is { } advice ? $"{one.Problem} {advice}" : one.Problem]));
        Cures("To cure, as a role that may:", sorted.Where(static one => !one.CuredAtStart));
        Cures("What the layer does by itself when it starts:", sorted.Where(static one => one.CuredAtStart));

        void Cures(string title, IEnumerable<Finding> those)
        {
            var statements = those.SelectMany(static one => one.Cure).Distinct().ToList();
            if (statements.Count == 0) return;
            screen.Line();
            screen.Line(title);
            foreach (var statement in statements) screen.Line($"  {statement}");
        }
    }

    private static Option<string> Named(string option, string description) => new(option) { Description = description, HelpName = "NAME", DefaultValueFactory = static _ => "strangler" };

    private sealed record Report(IReadOnlyList<Table> Tables, IReadOnlyList<Finding> Findings);

    private sealed record Table(string Name, string KeyColumn, bool NeedsBefore);

    private sealed record Finding(string Severity, string Code, string Thing, string Problem, IReadOnlyList<string> Cure, string? Advice, bool CuredAtStart);
}
