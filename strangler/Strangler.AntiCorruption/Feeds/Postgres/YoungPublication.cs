using Dapper;
using Npgsql;

namespace Strangler.AntiCorruption;

/// <summary>
/// Whether the publication was made after the position of the slot: a slot decodes with the catalogue of its own past, in which such a publication
/// does not exist (npgsql/npgsql#6176), and what lies between cannot be read by any means.
/// </summary>
internal static class YoungPublication
{
    private const int PatienceSeconds = 10;

    /// <summary>False also when it cannot be told, because the slot is in use or holds too much to look through.</summary>
    public static async Task<bool> IsAsync(NpgsqlConnection connection, PostgresFeedOptions options, CancellationToken cancellation)
    {
        var names = new { options.Slot, options.Publication };
        // By the numbers of transactions alone nearly all are cleared; a long transaction beside the making of the slot leaves a doubt.
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(DoubtSql, names, cancellationToken: cancellation))) return false;
        try
        {
            await connection.ExecuteScalarAsync(new CommandDefinition(PeekSql, names, commandTimeout: PatienceSeconds, cancellationToken: cancellation));
            return false;
        }
        catch (PostgresException gone) when (gone.SqlState == PostgresErrorCodes.UndefinedObject)
        {
            return true;
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ObjectInUse)
        {
            return false;
        }
        catch (NpgsqlException slow) when (slow.InnerException is TimeoutException)
        {
            return false;
        }
    }

    private const string DoubtSql =
        """
        select exists (
          select 1 from pg_publication p, pg_replication_slots s
          where p.pubname = @Publication and s.slot_name = @Slot and not s.active and coalesce(s.wal_status, '') <> 'lost' and age(p.xmin) <= age(s.catalog_xmin))
        """;

    private const string PeekSql =
        "select count(*) from pg_logical_slot_peek_binary_changes(@Slot, null, 1, 'proto_version', '1', 'publication_names', @Publication)";
}
