using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Strangler.Messaging;

/// <summary>
/// An SQLite file whose connections wait for each other: write-ahead log, so that readers and the one writer do not hinder each other,
/// and SQLite's own busy timeout, which looks again within milliseconds (Microsoft.Data.Sqlite alone sleeps 150 ms between two looks).
/// </summary>
internal sealed class SqliteDataSource(string connectionString) : DbDataSource
{
    public override string ConnectionString => connectionString;

    protected override DbConnection CreateDbConnection() => new SqliteConnection(connectionString);

    protected override DbConnection OpenDbConnection()
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            Prepare(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // Microsoft.Data.Sqlite has no asynchronous input or output: its asynchronous methods are these.
    [SuppressMessage("Reliability", "CA2000", Justification = "The caller disposes it.")]
    protected override ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) => new(OpenDbConnection());

    private static void Prepare(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "pragma busy_timeout = 10000; pragma journal_mode = wal;";
        command.ExecuteNonQuery();
    }
}
