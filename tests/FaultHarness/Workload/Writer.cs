using Npgsql;

namespace Strangler.Faults.Workload;

/// <summary>
/// Writes rows as an application would, one transaction after the other, and knows which of them are committed. It alone writes its keys, so it
/// knows their order. Not thread-safe.
/// </summary>
/// <param name="number">Its number, from 0; its keys are those with this remainder.</param>
/// <param name="writers">How many there are.</param>
/// <param name="keys">How many keys of each table are its own; few are written often.</param>
/// <param name="random">Decides everything.</param>
/// <param name="source">The source; it may go away at any moment.</param>
/// <param name="committed">Where committed writes are put down.</param>
internal sealed class Writer(int number, int writers, int keys, Random random, NpgsqlDataSource source, CommittedRows committed)
{
    private const long FirstBulkId = 1_000_000;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<RowId, RowValues> rows = [];
    private readonly List<(SourceTable Table, long From, long To)> bulks = [];
    private long nextNumber;
    private long transactions;
    private long nextBulkId = FirstBulkId * (number + 1);

    /// <summary>One transaction of a few rows: committed, or rolled back on purpose or by trouble of the source. Returns when it is known which.</summary>
    public Task WriteAsync(CancellationToken cancellation) => TransactAsync(
        async (operations, _) =>
        {
            if (random.Next(200) == 0) await operations.ReshapeAsync(SourceTable.All[random.Next(SourceTable.All.Count)], random);
            for (var steps = 1 + random.Next(6); steps > 0; steps--)
            {
                if (random.Next(8) == 0) await operations.UndoneAsync(OneAsync);
                else await OneAsync(operations);
            }

            return random.Next(20) != 0;
        },
        cancellation);

    /// <summary>Inserts every key of its own in one transaction, until it is committed.</summary>
    public async Task FillAsync(CancellationToken cancellation)
    {
        while (!await TransactAsync(FillAsync, cancellation))
        {
            // Connections of the pool may have died with a server.
            await Task.Delay(BetweenTries, cancellation);
        }
    }

    /// <summary>Inserts new rows by COPY, all with one position in the log, or deletes as many in one statement.</summary>
    public Task WriteBulkAsync(int count, CancellationToken cancellation) => TransactAsync(
        async (operations, draft) =>
        {
            if (bulks.Count > 0 && random.Next(3) == 0)
            {
                var bulk = bulks[^1];
                await operations.DeleteAsync(bulk.Table, bulk.From, bulk.To);
                bulks.RemoveAt(bulks.Count - 1);
                return true;
            }

            var (table, first) = (SourceTable.All[random.Next(SourceTable.All.Count)], nextBulkId);
            nextBulkId += count;
            await operations.CopyAsync(table, Enumerable.Range(0, count).Select(index => (new RowId(table, first + index), NewValues())));
            bulks.Add((table, first, nextBulkId));
            return true;
        },
        cancellation);

    /// <summary>Empties a table, and writes a few rows of its own before and after, in one transaction. Nobody else may write meanwhile.</summary>
    /// <param name="table">The table.</param>
    /// <param name="all">Who writes it, this one included.</param>
    /// <param name="cancellation">Gives up before it begins.</param>
    public async Task TruncateAsync(SourceTable table, IReadOnlyList<Writer> all, CancellationToken cancellation)
    {
        var isEmptied = await TransactAsync(
            async (operations, _) =>
            {
                for (var steps = random.Next(3); steps > 0; steps--) await OneAsync(operations);
                await operations.TruncateAsync(table, all.SelectMany(writer => writer.RowsOf(table)));
                for (var steps = random.Next(6); steps > 0; steps--) await OneAsync(operations);
                return random.Next(8) != 0;
            },
            cancellation);
        if (!isEmptied) return;

        foreach (var writer in all)
        {
            writer.bulks.RemoveAll(bulk => bulk.Table == table);
            // What this one wrote afterwards is there.
            if (writer == this) continue;
            foreach (var row in writer.rows.Keys.Where(row => row.Table == table)) writer.rows.Remove(row);
        }
    }

    private IEnumerable<RowId> RowsOf(SourceTable table) =>
    [
        .. rows.Keys.Where(row => row.Table == table),
        .. bulks.Where(bulk => bulk.Table == table).SelectMany(static bulk => Enumerable.Range(0, (int)(bulk.To - bulk.From)).Select(index => new RowId(bulk.Table, bulk.From + index))),
    ];

    private async Task<bool> FillAsync(RowOperations operations, Draft draft)
    {
        foreach (var table in SourceTable.All) await operations.CopyAsync(table, Enumerable.Range(0, keys).Select(index => (Own(table, index), NewValues())));
        return true;
    }

    private RowId Own(SourceTable table, int index) => new(table, ((long)index * writers) + number);

    private RowValues NewValues() => new(++nextNumber, RowValues.RandomNote(random), random.Next(3) == 0 ? RowValues.RandomBig(random) : null);

    private async Task OneAsync(RowOperations operations)
    {
        var row = Own(SourceTable.All[random.Next(SourceTable.All.Count)], random.Next(keys));
        if (operations.Draft[row] is not { } old)
        {
            await operations.InsertAsync(row, NewValues());
            return;
        }

        switch (random.Next(10))
        {
            case 0:
                await operations.DeleteAsync(row);
                break;
            case 1:
                await operations.DeleteAsync(row);
                await operations.InsertAsync(row, NewValues());
                break;
            case 2 when Own(row.Table, random.Next(keys)) is var free && operations.Draft[free] is null:
                // An old row that is only a key cannot say what the large value was: there it is written anew.
                await operations.MoveAsync(row, free, row.Table.HasWholeOldRows ? old with { N = ++nextNumber } : NewValues(), withBig: !row.Table.HasWholeOldRows);
                break;
            case < 6:
                await operations.UpdateAsync(row, NewValues() with { Big = RowValues.RandomBig(random) }, withBig: true);
                break;
            default:
                await operations.UpdateAsync(row, new(++nextNumber, RowValues.RandomNote(random), old.Big), withBig: false);
                break;
        }
    }

    /// <returns>Whether it was committed.</returns>
    private async Task<bool> TransactAsync(Func<RowOperations, Draft, Task<bool>> work, CancellationToken cancellation)
    {
        var draft = new Draft(rows);
        var outcome = FormattableString.Invariant($"{number}/{++transactions}");
        var isSent = false;
        var earlierBulks = bulks.ToArray();
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await LeaveOutcomeAsync(connection, outcome, isCommitted: true);
            var isToCommit = await work(new(connection, transaction, draft), draft);
            if (random.Next(12) == 0)
            {
                isSent = true;
                await EndInTwoPhasesAsync(connection, outcome, isToCommit);
            }
            else if (isToCommit)
            {
                isSent = true;
                await transaction.CommitAsync(CancellationToken.None);
            }
            else
            {
                await transaction.RollbackAsync(CancellationToken.None);
            }

            if (!isToCommit) return false;
        }
        catch (Exception trouble) when (IsTheSources(trouble))
        {
            // Before the commit was sent nothing can be committed; afterwards only the source knows.
            if (!isSent || !await IsCommittedAsync(outcome))
            {
                bulks.Clear();
                bulks.AddRange(earlierBulks);
                return false;
            }
        }

        committed.Add(outcome, [.. draft.Writes.Select(write => new CommittedWrite(write.Row.Key, write.Values?.N, write.Values?.Hash))]);
        foreach (var (row, values) in draft.Writes.Where(write => write.Row.Id < FirstBulkId))
        {
            if (values is null) rows.Remove(row);
            else rows[row] = values;
        }

        return true;
    }

    /// <summary>As a transaction manager does: prepares it, so that it survives the source's death and the connection's, and ends it a moment later.</summary>
    private async Task EndInTwoPhasesAsync(NpgsqlConnection connection, string outcome, bool isToCommit)
    {
        var name = PreparedName(connection, outcome);
        await ExecuteAsync(connection, $"prepare transaction '{name}'");
        await Task.Delay(random.Next(200));
        await ExecuteAsync(connection, $"{(isToCommit ? "commit" : "rollback")} prepared '{name}'");
    }

    /// <summary>Commits it when it is found prepared, whatever was meant to become of it: true is what the source then says.</summary>
    private static async Task CommitPreparedAsync(NpgsqlConnection connection, string outcome)
    {
        var name = PreparedName(connection, outcome);
        await using var ask = new NpgsqlCommand("select count(*) from pg_prepared_xacts where gid = $1", connection) { Parameters = { new() { Value = name } } };
        if ((long)(await ask.ExecuteScalarAsync())! > 0) await ExecuteAsync(connection, $"commit prepared '{name}'");
    }

    /// <summary>Such names belong to the whole server.</summary>
    private static string PreparedName(NpgsqlConnection connection, string outcome) => $"{connection.Database}/{outcome}";

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// Tries to leave the opposite: waits while the transaction is still under way, leaves its row alone when it was committed, and otherwise takes its place, so that it
    /// never will be. Its transaction id would not tell: a server that crashes gives the ids that it had not written down to others.
    /// </summary>
    private async Task<bool> IsCommittedAsync(string outcome)
    {
        while (true)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync();
                await CommitPreparedAsync(connection, outcome);
                // One that becomes prepared meanwhile would be waited for without end.
                await ExecuteAsync(connection, "set lock_timeout = '1s'");
                await LeaveOutcomeAsync(connection, outcome, isCommitted: false);
                await using var ask = new NpgsqlCommand($"select is_committed from {SourceTable.Outcomes} where id = $1", connection) { Parameters = { new() { Value = outcome } } };
                return (bool)(await ask.ExecuteScalarAsync())!;
            }
            catch (Exception trouble) when (IsTheSources(trouble))
            {
                // Away, or still under way: it is asked again.
            }

            await Task.Delay(BetweenTries);
        }
    }

    private static async Task LeaveOutcomeAsync(NpgsqlConnection connection, string outcome, bool isCommitted)
    {
        await using var leave = new NpgsqlCommand($"insert into {SourceTable.Outcomes} (id, is_committed) values ($1, $2) on conflict do nothing", connection)
        {
            Parameters = { new() { Value = outcome }, new() { Value = isCommitted } },
        };
        await leave.ExecuteNonQueryAsync();
    }

    private static bool IsTheSources(Exception exception) => exception is NpgsqlException or IOException or TimeoutException;
}
