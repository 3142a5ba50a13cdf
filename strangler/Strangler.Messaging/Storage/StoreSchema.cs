using System.Data.Common;
using System.Reflection;
using Dapper;
using Npgsql;

namespace Strangler.Messaging;

/// <summary>
/// The numbered files that an assembly carries, each run once, in order, in one transaction: <c>NNN_name.sql</c> on both engines,
/// <c>NNN_name.postgresql.sql</c> on PostgreSQL alone.
/// </summary>
internal static class StoreSchema
{
    public static async Task ApplyAsync(DbConnection connection, Assembly schema, CancellationToken cancellation)
    {
        var postgres = connection is NpgsqlConnection;
        await using var transaction = await connection.BeginTransactionAsync(cancellation);

        // Replicas that start together take turns; a transaction of SQLite is alone already.
        if (postgres) await RunAsync("select pg_advisory_xact_lock(hashtext('schema_files'))");
        await RunAsync("create table if not exists schema_files (name varchar(200) not null primary key)");
        foreach (var file in Files(schema, postgres))
        {
            var isNew = await RunAsync("insert into schema_files (name) values (@Name) on conflict (name) do nothing", new { Name = file });
            if (isNew == 1) await RunAsync(Read(schema, file));
        }

        await transaction.CommitAsync(cancellation);

        Task<int> RunAsync(string sql, object? parameters = null) =>
            connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellation));
    }

    private static IEnumerable<string> Files(Assembly schema, bool postgres) => schema.GetManifestResourceNames()
        .Where(name => name.EndsWith(".sql", StringComparison.Ordinal) && (postgres || !name.EndsWith(".postgresql.sql", StringComparison.Ordinal)))
        .Order(StringComparer.Ordinal);

    private static string Read(Assembly schema, string file)
    {
        using var reader = new StreamReader(schema.GetManifestResourceStream(file)!);
        return reader.ReadToEnd();
    }
}
