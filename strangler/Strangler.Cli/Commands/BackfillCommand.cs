using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Strangler.Cli.Terminal;

namespace Strangler.Cli.Commands;

/// <summary>strangler backfill status | start | pause | resume | cancel: the rows that exist, read beside the changes.</summary>
internal sealed class BackfillCommand : Command
{
    public BackfillCommand()
        : base("backfill", "The rows that exist, read beside the changes.")
    {
        Add(new BackfillStatusCommand());
        Add(new BackfillStartCommand());
        Add(new BackfillChangeCommand("pause", "Holds the backfill of a table; changes go on."));
        Add(new BackfillChangeCommand("resume", "Lets a paused or failed backfill go on where it stands."));
        Add(new BackfillChangeCommand("cancel", "Ends the backfill of a table; what it published stays."));
    }

    /// <summary>One line a table.</summary>
    public static void Show(Screen screen, IEnumerable<Table> tables)
    {
        var shown = tables.ToList();
        screen.Table(["TABLE", "STATE", "ROWS", "OF", "ROWS/S", "LEFT", "FILTER"], shown.Select(static table => (IReadOnlyList<string>)
        [
            table.Name, table.State, $"{table.Rows}", table.Total is { } total ? $"{total}" : "?", table.RowsPerSecond is { } rate ? rate.ToString("0", CultureInfo.InvariantCulture) : "",
            table.SecondsLeft is { } left ? TimeSpan.FromSeconds(Math.Ceiling(left)).ToString("c", CultureInfo.InvariantCulture) : "", table.Filter,
        ]));
        foreach (var table in shown.Where(static table => table.Problem is not null)) screen.Line(table.Problem!);
    }

    internal sealed record Table(
        [property: System.Text.Json.Serialization.JsonPropertyName("table")] string Name, string State, string Filter, long Rows, long? Total, double? RowsPerSecond, double? SecondsLeft, string? Problem);
}

internal sealed class BackfillStatusCommand : ToolCommand
{
    private readonly Option<Uri> acl = AclOptions.Acl();

    public BackfillStatusCommand()
        : base("status", "How far the backfill of each table is: rows, rate, time left. Fails when one has failed.")
        => Add(acl);

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        using var acl = AclOptions.Api(given.GetRequiredValue(this.acl));
        var raw = await acl.GetAsync<JsonElement>("/backfill", cancellation);
        var tables = acl.Read<IReadOnlyList<BackfillCommand.Table>>(raw);
        screen.Json(raw);
        BackfillCommand.Show(screen, tables);
        return tables.Any(static table => table.State == "failed") ? ExitCode.Failed : ExitCode.Done;
    }
}

internal sealed class BackfillStartCommand : ToolCommand
{
    private readonly Argument<string> table = new("TABLE") { Description = "The legacy table." };
    private readonly Option<string?> filter = new("--filter") { Description = "Only rows that meet it, e.g. \"company = 7 and city <> Lima\".", HelpName = "CONDITIONS" };
    private readonly Option<Uri> acl = AclOptions.Acl();

    public BackfillStartCommand()
        : base("start", "Reads the rows of a table once more, from the first one.")
    {
        Add(table);
        Add(filter);
        Add(acl);
    }

    protected override Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation) =>
        BackfillChangeCommand.PostAsync(given.GetRequiredValue(acl), "start", new { Table = given.GetRequiredValue(table), Filter = given.GetValue(filter) }, screen, cancellation);
}

internal sealed class BackfillChangeCommand : ToolCommand
{
    private readonly Argument<string> table = new("TABLE") { Description = "The legacy table." };
    private readonly Option<Uri> acl = AclOptions.Acl();

    public BackfillChangeCommand(string name, string description)
        : base(name, description)
    {
        Add(table);
        Add(acl);
    }

    public static async Task<ExitCode> PostAsync(Uri address, string command, object request, Screen screen, CancellationToken cancellation)
    {
        using var acl = AclOptions.Api(address);
        var raw = await acl.PostAsync<JsonElement>($"/backfill/{command}", request, cancellation);
        var table = acl.Read<BackfillCommand.Table>(raw);
        screen.Json(raw);
        BackfillCommand.Show(screen, [table]);
        return ExitCode.Done;
    }

    protected override Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation) =>
        PostAsync(given.GetRequiredValue(acl), Name, new { Table = given.GetRequiredValue(table) }, screen, cancellation);
}
