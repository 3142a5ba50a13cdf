using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;

namespace Strangler.AntiCorruption;

/// <summary>Reads changes that wait and settles those that were retried.</summary>
/// <param name="database">The store.</param>
internal sealed class QuarantineStore(DbDataSource database)
{
    /// <summary>Changes that wait for themselves, not behind another, oldest version first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IReadOnlyList<QuarantineRow>> ListAsync(int limit, CancellationToken cancellation) =>
        await QueryAsync(Select + " where behind is null order by version, translator limit @limit", new { limit }, cancellation);

    /// <summary>How many changes wait behind each that has any.</summary>
    public async Task<IReadOnlyDictionary<string, long>> QueuesAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var queues = await connection.QueryAsync<(string First, long Changes)>(AclStore.Sql("select behind, count(*) from acl_quarantine where state = 'parked' and behind is not null group by behind", null, cancellation));
        return queues.ToDictionary(static queue => queue.First, static queue => queue.Changes);
    }

    public async Task<QuarantineRow?> FindAsync(string id, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QueryFirstOrDefaultAsync<QuarantineRow>(AclStore.Sql(Select + " where id = @id", new { id }, cancellation));
    }

    /// <summary>Ids of those that wait for themselves, oldest version first: a row's changes are retried in their order.</summary>
    public async Task<IReadOnlyList<string>> OpenIdsAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return [.. await connection.QueryAsync<string>(AclStore.Sql("select id from acl_quarantine where state <> 'superseded' and behind is null order by version, translator", null, cancellation))];
    }

    /// <summary>Rows of which a refused change waits.</summary>
    public async Task<IEnumerable<(string Translator, string Table, string Key)>> RefusedRowsAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QueryAsync<(string, string, string)>(AclStore.Sql("select distinct translator, table_name, row_key from acl_quarantine where state = 'open'", null, cancellation));
    }

    /// <summary>
    /// Changes that name every key that is parked: those that parked their row, and those behind them that moved one. The others behind them have keys that one of these has.
    /// </summary>
    public async IAsyncEnumerable<ParkedRow> ParkedAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        const string Parking =
            """
            select id, behind, translator, table_name, row_key, old_key
            from acl_quarantine
            where state = 'parked' and (behind is null or old_key is not null)
            """;
        await using var reader = await connection.ExecuteReaderAsync(AclStore.Sql(Parking, null, cancellation));
        while (await reader.ReadAsync(cancellation))
        {
            var place = new RowPlace(reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetString(5));
            yield return new(place, reader.IsDBNull(1) ? reader.GetString(0) : reader.GetString(1));
        }
    }

    /// <summary>The next changes that parked their rows, in the order of their versions.</summary>
    public Task<IReadOnlyList<QuarantineRow>> FirstParkedAsync(QuarantineRow? after, int limit, CancellationToken cancellation) =>
        QueryAsync($"{Select} where state = 'parked' and behind is null and {Later}", Place(after, limit), cancellation);

    /// <summary>The next changes that may go: of tables that flow again, and, if wanted, of parked rows. In the order of their versions.</summary>
    public Task<IReadOnlyList<QuarantineRow>> WaitingAsync(string[] flowing, bool withParked, QuarantineRow? after, int limit, CancellationToken cancellation)
    {
        var values = Place(after, limit);
        values.Add("rule", WaitingChanges.ShapeRule);
        for (var index = 0; index < flowing.Length; index++) values.Add($"flowing{index}", flowing[index]);
        var (tables, parked) = (string.Join(", ", flowing.Select(static (_, index) => $"@flowing{index}").DefaultIfEmpty("null")), withParked ? " or state = 'parked'" : "");
        return QueryAsync($"{Select} where (state = 'open' and rule = @rule and table_name in ({tables}){parked}) and {Later}", values, cancellation);
    }

    /// <summary>Tables of which open changes wait under the rule.</summary>
    public async Task<IEnumerable<string>> HeldTablesAsync(string rule, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QueryAsync<string>(AclStore.Sql("select distinct table_name from acl_quarantine where rule = @rule and state = 'open'", new { rule }, cancellation));
    }

    /// <summary>How many there are.</summary>
    public async Task<QuarantineReport> CountAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QuerySingleAsync<QuarantineReport>(AclStore.Sql(Count, null, cancellation));
    }

    /// <summary>The change was understood this time: takes it out and moves its count. False when somebody else was faster.</summary>
    public async Task<bool> ResolveAsync(QuarantineRow row, ChangeTranslation translation, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await connection.ExecuteAsync(AclStore.Sql("delete from acl_quarantine where id = @Id", new { row.Id }, cancellation, transaction)) == 0) return false;

        var moved = new Tally();
        moved.Add(new TallyKey(row.Translator, TallyKey.Quarantined, row.Rule), -1);
        moved.Add(new TallyKey(row.Translator, translation.Outcome, translation.Code));
        await connection.ExecuteAsync(AclStore.Sql(AclStore.AddCounts, AclStore.Rows(moved), cancellation, transaction));
        await transaction.CommitAsync(cancellation);
        return true;
    }

    private async Task<IReadOnlyList<QuarantineRow>> QueryAsync(string sql, object values, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return [.. await connection.QueryAsync<QuarantineRow>(AclStore.Sql(sql, values, cancellation))];
    }

    private static DynamicParameters Place(QuarantineRow? after, int limit) => new(new { version = after?.Version ?? "", translator = after?.Translator ?? "", limit });

    private const string Later = "version >= @version and (version > @version or translator > @translator) order by version, translator limit @limit";

    private const string Select =
        """
        select id as Id, version as Version, translator as Translator, table_name as "Table", row_key as Key, old_key as OldKey, rule as Rule, reason as Reason,
            state as State, behind as Behind, first_seen as FirstSeen, change as Change
        from acl_quarantine
        """;

    private const string Count =
        """
        select
            (select count(*) from acl_quarantine where state in ('open', 'parked')) as Open,
            (select count(*) from acl_quarantine where state = 'superseded') as Superseded,
            (select count(*) from (
                select translator, table_name, row_key from acl_quarantine where state = 'parked' and (behind is null or old_key is not null)
                union
                select translator, table_name, old_key from acl_quarantine where state = 'parked' and old_key is not null) as keys) as ParkedKeys,
            (select count(*) from acl_quarantine where state = 'parked' and behind is not null) as Queued
        """;
}

/// <summary>A parked row.</summary>
/// <param name="Place">The row.</param>
/// <param name="First">The change that parked it.</param>
internal sealed record ParkedRow(RowPlace Place, string First);

/// <summary>A change that waits, as stored. <see cref="Change"/> holds personal data.</summary>
internal sealed record QuarantineRow
{
    public required string Id { get; init; }

    public required string Version { get; init; }

    public required string Translator { get; init; }

    public required string Table { get; init; }

    public required string Key { get; init; }

    /// <summary>The key that the row had before the change; null when that is the same.</summary>
    public string? OldKey { get; init; }

    public required string Rule { get; init; }

    public required string Reason { get; init; }

    /// <summary><c>open</c>; <c>parked</c>, when later changes of its row wait behind it; <c>superseded</c> by a later good change of the same row.</summary>
    public required string State { get; init; }

    /// <summary>The change that parked its row before it; null when it waits for itself.</summary>
    public string? Behind { get; init; }

    public required string FirstSeen { get; init; }

    public required string Change { get; init; }

    public RowPlace Place => new(Translator, Table, Key, OldKey);

    /// <summary>The change that parked its row: itself, or the one that it is behind.</summary>
    public string First => Behind ?? Id;

    /// <summary>Whether it waits already as it is to wait now.</summary>
    public bool WaitsAs(ChangeTranslation translation) =>
        State == "parked" && translation.Parks && (Rule, Reason, Behind) == (translation.Code, translation.Reason, translation.Behind);
}
