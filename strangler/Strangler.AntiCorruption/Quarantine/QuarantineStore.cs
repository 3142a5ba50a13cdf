using System.Data.Common;
using Dapper;

namespace Strangler.AntiCorruption;

/// <summary>Reads refused changes and settles those that were retried.</summary>
/// <param name="database">The store.</param>
internal sealed class QuarantineStore(DbDataSource database)
{
    /// <summary>Refused changes, oldest version first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IReadOnlyList<QuarantineRow>> ListAsync(int limit, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return [.. await connection.QueryAsync<QuarantineRow>(AclStore.Sql(Select + " order by version, translator limit @limit", new { limit }, cancellation))];
    }

    public async Task<QuarantineRow?> FindAsync(string id, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QueryFirstOrDefaultAsync<QuarantineRow>(AclStore.Sql(Select + " where id = @id", new { id }, cancellation));
    }

    /// <summary>Ids of the open ones, oldest version first: a row's changes are retried in their order.</summary>
    public async Task<IReadOnlyList<string>> OpenIdsAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return [.. await connection.QueryAsync<string>(AclStore.Sql("select id from acl_quarantine where state = 'open' order by version, translator", null, cancellation))];
    }

    /// <summary>Tables of which open changes wait under the rule.</summary>
    public async Task<IEnumerable<string>> HeldTablesAsync(string rule, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QueryAsync<string>(AclStore.Sql("select distinct table_name from acl_quarantine where rule = @rule and state = 'open'", new { rule }, cancellation));
    }

    /// <summary>Open changes of the table that wait under the rule, oldest version first.</summary>
    public async Task<IReadOnlyList<QuarantineRow>> HeldAsync(string table, string rule, int limit, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        const string Held = Select + " where table_name = @table and rule = @rule and state = 'open' order by version, translator limit @limit";
        return [.. await connection.QueryAsync<QuarantineRow>(AclStore.Sql(Held, new { table, rule, limit }, cancellation))];
    }

    /// <summary>The change was refused for another reason this time: it waits under that one.</summary>
    public async Task RefuseAsync(QuarantineRow row, ChangeTranslation translation, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var values = new { row.Id, Rule = translation.Code, translation.Reason };
        await connection.ExecuteAsync(AclStore.Sql("update acl_quarantine set rule = @Rule, reason = @Reason where id = @Id", values, cancellation, transaction));
        var moved = new Tally();
        moved.Add(new TallyKey(row.Translator, TallyKey.Quarantined, row.Rule), -1);
        moved.Add(new TallyKey(row.Translator, TallyKey.Quarantined, translation.Code));
        await connection.ExecuteAsync(AclStore.Sql(AclStore.AddCounts, AclStore.Rows(moved), cancellation, transaction));
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>How many there are by state.</summary>
    public async Task<(long Open, long Superseded)> CountAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QuerySingleAsync<(long, long)>(AclStore.Sql(Count, null, cancellation));
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

    private const string Select =
        """
        select id as Id, translator as Translator, table_name as "Table", row_key as Key, rule as Rule, reason as Reason,
            state as State, first_seen as FirstSeen, change as Change
        from acl_quarantine
        """;

    private const string Count =
        """
        select coalesce(sum(case when state = 'open' then 1 else 0 end), 0), coalesce(sum(case when state = 'superseded' then 1 else 0 end), 0)
        from acl_quarantine
        """;
}

/// <summary>A refused change as stored. <see cref="Change"/> holds personal data.</summary>
internal sealed record QuarantineRow
{
    public required string Id { get; init; }

    public required string Translator { get; init; }

    public required string Table { get; init; }

    public required string Key { get; init; }

    public required string Rule { get; init; }

    public required string Reason { get; init; }

    /// <summary><c>open</c>, or <c>superseded</c> by a later good change of the same row.</summary>
    public required string State { get; init; }

    public required string FirstSeen { get; init; }

    public required string Change { get; init; }
}
