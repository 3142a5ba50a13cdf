using System.CommandLine;
using System.Data.Common;
using Microsoft.Extensions.Logging.Abstractions;
using Strangler.AntiCorruption;

namespace Strangler.Cli.Commands;

/// <summary>A database that the tool itself looks into.</summary>
internal static class SourceOptions
{
    public static Option<string?> Source(bool required) => new("--source")
    {
        Description = "The database: Host=…;Database=… for PostgreSQL, Data Source=FILE for SQLite.", HelpName = "CONNECTION", Required = required,
    };

    public static Option<string?> Tables(bool required) => new("--tables") { Description = "The tables, with commas between.", HelpName = "A,B", Required = required };

    /// <summary>The tables that were named, without a key column.</summary>
    public static IReadOnlyList<CapturedTable> Read(string tables)
    {
        var named = tables.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().Select(static table => new CapturedTable(table, "", NeedsBefore: false)).ToList();
        return named.Count > 0 ? named : throw new CommandFailedException(ExitCode.Usage, "--tables names no table.");
    }

    /// <param name="source">What the user gave.</param>
    /// <param name="postgres">How, if it is PostgreSQL.</param>
    /// <param name="triggerLog">How, if it is SQLite.</param>
    public static IChangeFeed Open(string source, PostgresFeedOptions postgres, TriggerLogOptions triggerLog)
    {
        try
        {
            var keys = new DbConnectionStringBuilder { ConnectionString = source };
            if (keys.ContainsKey("Host")) return new PostgresChangeFeed(source, postgres, TimeProvider.System, NullLogger<PostgresChangeFeed>.Instance);
            if (keys.ContainsKey("Data Source")) return new TriggerLogFeed(source, triggerLog, TimeProvider.System, NullLogger<TriggerLogFeed>.Instance);
        }
        catch (ArgumentException cause)
        {
            // The driver names the setting, not its value: that may be a password.
            throw new CommandFailedException(ExitCode.Usage, $"--source is no connection string ({cause.Message.TrimEnd('.')}). Write Host=…;Database=… for PostgreSQL or Data Source=FILE for SQLite.");
        }

        throw new CommandFailedException(ExitCode.Usage, "--source names no database. Write Host=…;Database=… for PostgreSQL or Data Source=FILE for SQLite.");
    }

    public static CommandFailedException NoAnswer(DbException failure) => new(ExitCode.Unreachable, $"The database does not answer as expected: {failure.Message}");
}
