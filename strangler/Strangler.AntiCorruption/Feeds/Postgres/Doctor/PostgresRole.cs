using Dapper;
using Npgsql;

namespace Strangler.AntiCorruption;

/// <summary>The role that captures, and what it may do in the database at hand.</summary>
internal sealed record PostgresRole
{
    public string Name { get; init; } = "";

    public string Quoted => PostgresSource.Quote(Name);

    public bool MayReplicate { get; init; }

    /// <summary>May make objects that belong to the database: publications.</summary>
    public bool MayCreate { get; init; }

    /// <summary>May write the heartbeat.</summary>
    public bool MayEmit { get; init; }

    public static async Task<PostgresRole> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        await connection.QuerySingleAsync<PostgresRole>(new CommandDefinition(RoleSql, cancellationToken: cancellation));

    private const string RoleSql =
        """
        select current_user::text as Name,
          (select rolreplication or rolsuper from pg_roles where rolname = current_user) as MayReplicate,
          has_database_privilege(current_database(), 'create') as MayCreate,
          has_function_privilege('pg_logical_emit_message(boolean,text,text)', 'execute') as MayEmit
        """;
}
