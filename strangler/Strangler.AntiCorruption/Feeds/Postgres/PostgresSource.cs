using Npgsql;
using Npgsql.Replication;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>Connections to the legacy database whose text output is always the same, whatever the role or the database is set to.</summary>
internal sealed class PostgresSource : IAsyncDisposable
{
    /// <summary>How the server shows the layer's connections.</summary>
    public const string ApplicationName = "strangler";

    // What we commit here, signs of life and markers, is read back from the log of this server: no standby need have it.
    private const string StableText = "-c datestyle=ISO -c timezone=UTC -c bytea_output=hex -c extra_float_digits=1 -c intervalstyle=postgres -c search_path=pg_catalog -c synchronous_commit=local";
    private static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(30);

    private readonly string connectionString;
    private readonly NpgsqlDataSource sql;

    public PostgresSource(string connectionString)
    {
        var settings = PostgresSettings.Read(connectionString);
        (settings.ApplicationName, settings.MaxPoolSize) = (ApplicationName, 4);
        settings.Options = string.Join(' ', new[] { settings.Options, StableText }.Where(static part => !string.IsNullOrEmpty(part)));
        this.connectionString = settings.ConnectionString;
        sql = NpgsqlDataSource.Create(settings);
    }

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellation) => sql.OpenConnectionAsync(cancellation);

    /// <summary>
    /// A replication connection. A server that says nothing for half a minute is taken for dead: it sends keep-alives twice as often. The
    /// client reports the acknowledged position by itself, also while the reader is slow.
    /// </summary>
    public async Task<LogicalReplicationConnection> OpenReplicationAsync(CancellationToken cancellation)
    {
        var connection = new LogicalReplicationConnection(connectionString) { WalReceiverTimeout = DeadAfter, WalReceiverStatusInterval = TimeSpan.FromSeconds(1) };
        try
        {
            await connection.Open(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => sql.DisposeAsync();

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The table as SQL spells it: <c>person</c> is the one in the schema public, <c>hr.person</c> the one in hr.</summary>
    public static string QuoteTable(string name)
    {
        var (schema, table) = Split(name);
        return $"{Quote(schema)}.{Quote(table)}";
    }

    public static (string Schema, string Table) Split(string name) =>
        name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? (name[..dot], name[(dot + 1)..]) : ("public", name);
}
