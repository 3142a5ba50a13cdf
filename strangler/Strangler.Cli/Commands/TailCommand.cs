using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Strangler.AntiCorruption;
using Strangler.Cli.Terminal;

namespace Strangler.Cli.Commands;

/// <summary>strangler tail: prints the row changes of any PostgreSQL or SQLite database as JSON lines, the first look at a foreign legacy. What capture
/// puts into the database for it (a slot and a publication, or a log and triggers) is taken out again at the end. Killed, it leaves no slot, which would
/// fill the server's disk: that one is temporary; but SQLite's log and triggers stay.</summary>
internal sealed class TailCommand : ToolCommand
{
    private static readonly JsonSerializerOptions OneLine = new(Screen.JsonOptions) { WriteIndented = false, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Option<string?> source = SourceOptions.Source(required: true);
    private readonly Option<string?> tables = SourceOptions.Tables(required: true);

    public TailCommand()
        : base("tail", "Prints row changes of a database as JSON lines until Ctrl+C.")
    {
        Add(source);
        Add(tables);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        var (output, error) = (given.InvocationConfiguration.Output, given.InvocationConfiguration.Error);
        var tables = SourceOptions.Read(given.GetRequiredValue(this.tables)!);

        var name = $"strangler_tail_{Guid.NewGuid().ToString("N")[..8]}";
        await using var feed = SourceOptions.Open(
            given.GetRequiredValue(source)!, new() { Slot = name, Publication = name, Temporary = true }, new() { LogName = name });
        try
        {
            var start = await feed.PrepareAsync(tables, null, GapPolicy.Stop, cancellation);
            await error.WriteLineAsync($"Following {string.Join(", ", tables.Select(static table => table.Name))}; Ctrl+C ends it and takes {name} out of the database.");
            await foreach (var part in feed.ReadAsync(start.Start, cancellation))
            {
                foreach (var change in part.Changes) await output.WriteLineAsync(JsonSerializer.Serialize(Show(change), OneLine));
                foreach (var table in part.Truncated) await output.WriteLineAsync(JsonSerializer.Serialize(new { Table = table, Kind = "truncate", part.CommittedAt }, OneLine));
                await output.FlushAsync(cancellation);
                if (part.EndsTransaction) feed.Acknowledge(part.Position);
            }
        }
        catch (SourceRefusedException refused)
        {
            throw new CommandFailedException(ExitCode.Failed, refused.Message);
        }
        catch (System.Data.Common.DbException failure)
        {
            throw SourceOptions.NoAnswer(failure);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl+C is how it ends.
        }
        finally
        {
            // A database that was never reached holds nothing of ours.
            if (feed.LastContact is not null) await RemoveAsync(feed, name, error);
        }

        return ExitCode.Done;
    }

    private static async Task RemoveAsync(IChangeFeed feed, string name, TextWriter error)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await feed.RemoveAsync(limit.Token);
        }
        catch (Exception failure) when (failure is System.Data.Common.DbException or OperationCanceledException)
        {
            await error.WriteLineAsync($"{name} could not be taken out of the database: {failure.Message}. Drop what bears this name.");
        }
    }

    private static object Show(RowChange change) => new
    {
        change.Table,
        Kind = change.Kind.ToString().ToLowerInvariant(),
        change.Version.Position,
        change.Version.Ordinal,
        change.CommittedAt,
        Before = Show(change.Before),
        After = Show(change.After),
    };

    /// <summary>A value that the source did not send, because it did not change, is left out.</summary>
    private static Dictionary<string, string?>? Show(SourceRow? row) =>
        row?.Columns.Where(column => !row.IsUnchanged(column)).ToDictionary(static column => column, row.Text);
}
