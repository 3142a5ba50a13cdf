using System.Data.Common;
using Npgsql;

namespace Strangler.Messaging;

/// <summary>Opens a store by its connection string: PostgreSQL when it names a host, an SQLite file (write-ahead log, busy timeout of 10 s) when it names a data source.</summary>
public static class StoreDataSource
{
    /// <summary>Builds the data source; no connection is made yet.</summary>
    /// <param name="connectionString"><c>Host=…;Database=…</c> for PostgreSQL, <c>Data Source=FILE</c> for SQLite (the folder must exist).</param>
    /// <exception cref="ArgumentException">Neither kind.</exception>
    public static DbDataSource Create(string connectionString)
    {
        var keys = new DbConnectionStringBuilder { ConnectionString = connectionString };
        if (keys.ContainsKey("Host")) return NpgsqlDataSource.Create(WithPreparedStatements(keys));
        if (!keys.ContainsKey("Data Source"))
        {
            throw new ArgumentException(
                $"Connection string '{Masked(keys)}' names neither a Host (PostgreSQL) nor a Data Source (SQLite file).", nameof(connectionString));
        }

        SQLitePCL.Batteries_V2.Init();
        return new SqliteDataSource(connectionString);
    }

    /// <summary>
    /// A consumer runs the same few statements for ever; PostgreSQL plans each once a connection. A pooler that gives every transaction another
    /// connection (PgBouncer before 1.21) cannot have that: <c>Max Auto Prepare=0</c> in the connection string wins.
    /// </summary>
    private static string WithPreparedStatements(DbConnectionStringBuilder keys)
    {
        var settings = PostgresSettings.Read(keys.ConnectionString);
        if (!keys.ContainsKey("Max Auto Prepare") && !keys.ContainsKey("MaxAutoPrepare")) settings.MaxAutoPrepare = 50;
        return settings.ConnectionString;
    }

    private static string Masked(DbConnectionStringBuilder keys)
    {
        if (keys.ContainsKey("Password")) keys["Password"] = "***";
        return keys.ConnectionString;
    }
}
