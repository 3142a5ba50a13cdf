using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Strangler.AntiCorruption;

/// <summary>The log that triggers write into, as its reader has it on one connection. Not thread-safe.</summary>
/// <param name="connection">To the source; kept open, as its versions are counted per connection.</param>
/// <param name="options">What the log is called, and how much of it is read at once.</param>
/// <param name="clock">Says when a part was read that holds no change.</param>
internal sealed class TriggerLog(SqliteConnection connection, TriggerLogOptions options, TimeProvider clock)
{
    private const int TrimRows = 5_000;

    private readonly RowImageReader oldImages = new(isPart: true);
    private readonly RowImageReader newImages = new();

    /// <summary>Another number when somebody else has committed anything since this connection last asked.</summary>
    public long DataVersion => connection.ExecuteScalar<long>("pragma data_version");

    /// <summary>Another number when the shape of any table has changed.</summary>
    public long SchemaVersion => connection.ExecuteScalar<long>("pragma schema_version");

    /// <summary>Id of the newest row; 0 when there never was one. The sequence outlives the rows: trimming never takes a number back.</summary>
    public long NewestId => connection.ExecuteScalar<long>("select seq from sqlite_sequence where name = @LogName", options);

    /// <summary>How many rows it holds.</summary>
    public long Rows => connection.ExecuteScalar<long>($"select count(*) from {options.LogName}");

    /// <summary>Reads changes in the order in which they were committed, so many at most as are read at once.</summary>
    /// <param name="next">Id of the last row that was read; moved to the last one that is now.</param>
    /// <param name="newest">Id of the last row to read.</param>
    public SourceTransaction ReadPart(ref long next, long newest)
    {
        var changes = new List<RowChange>();
        using var command = connection.CreateCommand();
        command.CommandText = $"select id, tbl, op, at, old, new from {options.LogName} where id > $next and id <= $newest order by id limit {options.PartChanges}";
        command.Parameters.AddWithValue("$next", next);
        command.Parameters.AddWithValue("$newest", newest);
        using var reader = command.ExecuteReader();
        var read = 0;
        while (reader.Read())
        {
            read++;
            next = reader.GetInt64(0);
            var table = reader.GetString(1);
            if (table.Length == 0) continue;
            changes.Add(new(
                table,
                reader.GetString(2) switch { "I" => ChangeKind.Insert, "U" => ChangeKind.Update, _ => ChangeKind.Delete },
                reader.IsDBNull(4) ? null : oldImages.Read(table, reader.GetFieldValue<byte[]>(4)),
                reader.IsDBNull(5) ? null : newImages.Read(table, reader.GetFieldValue<byte[]>(5)),
                new((ulong)next, 0),
                DateTimeOffset.Parse(reader.GetString(3), CultureInfo.InvariantCulture)));
        }

        if (read < options.PartChanges) next = newest;
        var at = changes.Count > 0 ? changes[^1].CommittedAt : clock.GetUtcNow();
        return new((ulong)next, at, changes) { EndsTransaction = next == newest, MayHoldSeveral = true };
    }

    /// <summary>Makes a place in the log at which nothing changed.</summary>
    /// <returns>False when the database is busy: not even a moment is spent waiting, for the changes come this way.</returns>
    /// <exception cref="SqliteException">It failed otherwise.</exception>
    public bool TryMark() => SQLitePCL.raw.sqlite3_exec(connection.Handle, $"insert into {options.LogName} (tbl, op) values ('', 'C')") switch
    {
        SQLitePCL.raw.SQLITE_OK => true,
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => false,
        var code => throw new SqliteException(SQLitePCL.raw.sqlite3_errmsg(connection.Handle).utf8_to_string(), code),
    };

    /// <summary>Deletes rows that nobody needs, a few thousand at most.</summary>
    /// <param name="position">Id of the last one of them.</param>
    /// <returns>False when the legacy is busy: it is waited for a second, not the usual thirty; the next time will do.</returns>
    public bool TryTrim(long position)
    {
        if (!connection.ExecuteScalar<bool>($"select exists (select 1 from {options.LogName} where id <= @position)", new { position })) return true;
        connection.DefaultTimeout = 1;
        try
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            connection.Execute($"delete from {options.LogName} where id <= (select min(@position, min(id) + {TrimRows}) from {options.LogName})", new { position }, transaction);
            connection.Execute($"update {options.LogName}_source set trimmed = @position where trimmed < @position", new { position }, transaction);
            transaction.Commit();
            return true;
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is SQLitePCL.raw.SQLITE_BUSY)
        {
            return false;
        }
        finally
        {
            connection.DefaultTimeout = 30;
        }
    }
}
