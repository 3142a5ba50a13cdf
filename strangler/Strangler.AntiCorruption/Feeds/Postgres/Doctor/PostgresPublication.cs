using System.Globalization;
using Dapper;
using Npgsql;

namespace Strangler.AntiCorruption;

/// <summary>What the catalogue says of a publication.</summary>
internal sealed record PostgresPublication
{
    public long Oid { get; init; }

    public bool MayAlter { get; init; }

    public bool AllTables { get; init; }

    public bool ViaRoot { get; init; }

    /// <summary>Of insert, update, delete and truncate, those that it does not publish.</summary>
    public string[] LeavesOut { get; init; } = [];

    /// <summary>Schemas that it publishes whole.</summary>
    public string[] Schemas { get; init; } = [];

    /// <summary>The tables that it publishes by name.</summary>
    public IReadOnlyList<Member> Members { get; private init; } = [];

    /// <summary>Another one after anything of it was changed, also when it was changed back in the meantime by taking a table out and putting it in again.</summary>
    public string Signature => string.Join(' ', Members.Select(static member => string.Create(CultureInfo.InvariantCulture, $"{member.Table}.{member.Entry}")).Concat(LeavesOut));

    /// <param name="Table">Oid of the table.</param>
    /// <param name="Entry">Oid of the entry; a table that is taken out and put in again gets another one.</param>
    /// <param name="Sql">The table as SQL spells it.</param>
    /// <param name="IsPartial">True when rows or columns are left out.</param>
    public sealed record Member(long Table, long Entry, string Sql, bool IsPartial);

    /// <summary>Null when there is none of this name.</summary>
    public static async Task<PostgresPublication?> ReadAsync(NpgsqlConnection connection, string name, CancellationToken cancellation)
    {
        var found = await connection.QuerySingleOrDefaultAsync<PostgresPublication>(new CommandDefinition(PublicationSql, new { name }, cancellationToken: cancellation));
        if (found is null) return null;

        var members = await connection.QueryAsync<Member>(new CommandDefinition(MembersSql, new { found.Oid }, cancellationToken: cancellation));
        var schemas = connection.PostgreSqlVersion.Major >= 15
            ? await connection.QueryAsync<string>(new CommandDefinition(SchemasSql, new { found.Oid }, cancellationToken: cancellation))
            : [];
        return found with { Members = [.. members], Schemas = [.. schemas] };
    }

    private const string PublicationSql =
        """
        select p.oid::bigint as Oid, pg_has_role(p.pubowner, 'usage') as MayAlter, p.puballtables as AllTables, p.pubviaroot as ViaRoot,
          array_remove(array[
            case when not p.pubinsert then 'insert' end, case when not p.pubupdate then 'update' end,
            case when not p.pubdelete then 'delete' end, case when not p.pubtruncate then 'truncate' end], null) as LeavesOut
        from pg_publication p
        where p.pubname = @name
        """;

    // Row filters and column lists are columns of the catalogue since PostgreSQL 15 only; asked for as JSON, they are just missing before.
    private const string MembersSql =
        """
        select r.prrelid::bigint as "Table", r.oid::bigint as Entry, format('"%s"."%s"', replace(n.nspname, '"', '""'), replace(c.relname, '"', '""')) as Sql,
          coalesce(to_jsonb(r) ->> 'prqual', to_jsonb(r) ->> 'prattrs') is not null as IsPartial
        from pg_publication_rel r
        join pg_class c on c.oid = r.prrelid
        join pg_namespace n on n.oid = c.relnamespace
        where r.prpubid = @Oid::oid
        order by 3
        """;

    private const string SchemasSql =
        """
        select n.nspname::text from pg_publication_namespace s join pg_namespace n on n.oid = s.pnnspid where s.pnpubid = @Oid::oid order by 1
        """;
}
