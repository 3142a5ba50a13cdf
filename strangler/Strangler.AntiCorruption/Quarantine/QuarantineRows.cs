using System.Data.Common;
using Dapper;

namespace Strangler.AntiCorruption;

/// <summary>Writes changes that wait into the store, inside the transaction that moves the checkpoint past them.</summary>
internal static class QuarantineRows
{
    public static async Task SaveAsync(DbConnection connection, DbTransaction transaction, SafeProgress progress, CancellationToken cancellation)
    {
        await connection.ExecuteAsync(AclStore.Sql("delete from acl_quarantine where id = @Id", progress.Settled.Select(static id => new { Id = id }), cancellation, transaction));
        var rows = progress.Quarantined.Select(static row => new
        {
            row.Id,
            Version = row.Change.Version.ToString(),
            row.Row.Translator,
            row.Row.Table,
            row.Row.Key,
            row.Row.OldKey,
            row.Rule,
            row.Reason,
            State = row.IsParked ? "parked" : "open",
            row.Behind,
            FirstSeen = AclStore.Text(row.Change.CommittedAt),
            Change = ChangeJson.Write(row.Change, row.Generation),
        });
        await connection.ExecuteAsync(AclStore.Sql(Insert, rows, cancellation, transaction));
        var superseding = progress.Superseding.Select(static row => new { row.Translator, row.Table, row.Key, Version = row.Version.ToString() });
        await connection.ExecuteAsync(AclStore.Sql(Supersede, superseding, cancellation, transaction));
    }

    private const string Insert =
        """
        insert into acl_quarantine (id, version, translator, table_name, row_key, old_key, rule, reason, state, behind, first_seen, change)
        values (@Id, @Version, @Translator, @Table, @Key, @OldKey, @Rule, @Reason, @State, @Behind, @FirstSeen, @Change)
        on conflict (id) do nothing
        """;

    private const string Supersede =
        """
        update acl_quarantine
        set state = 'superseded'
        where translator = @Translator and table_name = @Table and row_key = @Key and state = 'open' and version <= @Version
        """;
}
