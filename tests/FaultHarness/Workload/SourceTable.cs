using Npgsql;

namespace Strangler.Faults.Workload;

/// <summary>A captured table of the source.</summary>
/// <param name="Name">Its name.</param>
/// <param name="HasWholeOldRows">True when the source records whole old rows, as for a translator that compares; else old rows are keys.</param>
internal sealed record SourceTable(string Name, bool HasWholeOldRows)
{
    public static readonly SourceTable Plain = new("plain", false);
    public static readonly SourceTable Whole = new("whole", true);

    public static IReadOnlyList<SourceTable> All { get; } = [Plain, Whole];

    /// <summary>Not captured: each transaction leaves its own id here, so that it can be asked whether it was committed.</summary>
    public const string Outcomes = "outcomes";

    /// <summary>Makes the tables. Large values are kept out of line as they are, so that an update that leaves them alone does not send them.</summary>
    public static async Task CreateAllAsync(NpgsqlDataSource database)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using (var outcomes = new NpgsqlCommand($"create table {Outcomes} (id text primary key, is_committed boolean not null)", connection)) await outcomes.ExecuteNonQueryAsync();
        foreach (var table in All)
        {
            await using var create = new NpgsqlCommand(
                $"""
                create table {table.Name} (id bigint primary key, n bigint not null, note text, big text);
                alter table {table.Name} alter column big set storage external;
                """,
                connection);
            await create.ExecuteNonQueryAsync();
        }
    }
}
