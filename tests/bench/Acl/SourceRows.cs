using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Strangler.Bench.Acl;

/// <summary>The legacy database: the captured table, and the writes of a round in transactions of 1 to 100 rows, inserts and updates mixed.</summary>
internal sealed class SourceRows(NpgsqlDataSource database)
{
    public const string Table = "exame";
    public const string KeyColumn = "id";

    public string ConnectionString => database.ConnectionString;

    public Task CreateAsync(CancellationToken cancellation) => ExecuteAsync(Create, cancellation);

    /// <summary>Inserts rows in one transaction.</summary>
    public Task InsertAsync(int rows, CancellationToken cancellation) => ExecuteAsync(Insert.Replace("@Rows", $"{rows}", StringComparison.Ordinal), cancellation);

    /// <summary>Writes and commits the rows.</summary>
    /// <returns>A position before all of their commits and after every earlier one.</returns>
    public async Task<ulong> WriteAsync(int rows, CancellationToken cancellation)
    {
        var before = await EndOfLogAsync(cancellation);
        await CommitAsync(rows, cancellation);
        // What the server has to write to disk for these rows is done before anything is measured.
        await ExecuteAsync("checkpoint", cancellation);
        return (ulong)before;
    }

    /// <summary>Writes and commits the rows; what the server writes to disk afterwards goes on beside whatever follows.</summary>
    public Task CommitAsync(int rows, CancellationToken cancellation) =>
        ExecuteAsync(Write.Replace("@Rows", rows.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), cancellation);

    /// <summary>Waits until a reader holds the replication slot, or until none does: the server notices with a delay that a reader is gone.</summary>
    public async Task SlotIsAsync(bool active, string slot, CancellationToken cancellation)
    {
        while (true)
        {
            await using var command = database.CreateCommand("select count(*) from pg_replication_slots where slot_name = $1 and active = $2");
            command.Parameters.Add(new() { Value = slot });
            command.Parameters.Add(new() { Value = active });
            if (await command.ExecuteScalarAsync(cancellation) is 1L) return;
            await Task.Delay(TimeSpan.FromMilliseconds(10), cancellation);
        }
    }

    /// <summary>
    /// Waits until a slot whose reader has read everything need not be read again from before now. The signs of life of a layer that runs see to that all the time; a start right after
    /// many changes would first have the server read their log again.
    /// </summary>
    public async Task SlotMovesOnAsync(string slot, CancellationToken cancellation)
    {
        var end = await EndOfLogAsync(cancellation);
        await using var moved = database.CreateCommand("select restart_lsn >= $2 from pg_replication_slots where slot_name = $1");
        moved.Parameters.Add(new() { Value = slot });
        moved.Parameters.Add(new() { Value = end, NpgsqlDbType = NpgsqlDbType.PgLsn });
        while (await moved.ExecuteScalarAsync(cancellation) is false)
        {
            await ExecuteAsync("checkpoint", cancellation);
            await ExecuteAsync("select pg_logical_emit_message(true, 'bench', 'sign of life')", cancellation);
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
        }
    }

    private async Task<NpgsqlLogSequenceNumber> EndOfLogAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select pg_current_wal_insert_lsn()");
        return (NpgsqlLogSequenceNumber)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private const string Create = """
        create table exame (
          id bigint primary key,
          paciente_id bigint not null,
          dt_exame text not null,
          situacao text not null,
          obs text not null
        );
        create sequence exame_id;
        """;

    private const string Insert = """
        insert into exame
        select (select coalesce(max(id), 0) from exame) + number, number, '20/11/2026', 'A', repeat('observacao ', 37)
        from generate_series(1, @Rows) number
        """;

    // One call for all transactions: how fast legacy writes is not what is measured. A block takes no parameters.
    private const string Write = """
        do $$
        declare
          remaining int := @Rows;
          size int;
          last_id bigint := (select coalesce(max(id), 0) from exame);
          first_id bigint;
        begin
          while remaining > 0 loop
            size := least(remaining, 1 + floor(random() * 100)::int);
            set local synchronous_commit = off;
            if last_id >= 1000 and random() < 0.5 then
              first_id := 1 + floor(random() * (last_id - size + 1))::bigint;
              update exame set situacao = 'C', dt_exame = '21/11/2026'
              where id >= first_id and id < first_id + size;
            else
              insert into exame
              select last_id + number, number, '20/11/2026', 'A', repeat('observacao ', 37)
              from generate_series(1, size) number;
              last_id := last_id + size;
            end if;
            commit;
            remaining := remaining - size;
          end loop;
        end $$
        """;
}
