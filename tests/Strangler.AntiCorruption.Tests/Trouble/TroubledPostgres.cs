using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>A PostgreSQL of a test's own with a legacy database in it, to which anything may happen.</summary>
public sealed class TroubledPostgres : IAsyncDisposable
{
    private readonly PrivatePostgres server;
    private string dataFolder = "";

    private TroubledPostgres(PrivatePostgres server) => this.server = server;

    public string ConnectionString => new NpgsqlConnectionStringBuilder(server.Address) { Database = "legacy", Pooling = false }.ConnectionString;

    /// <param name="settings">Settings that need a restart, such as <c>max_prepared_transactions = 5</c>.</param>
    public static async Task<TroubledPostgres> StartAsync(params string[] settings)
    {
        var postgres = new TroubledPostgres(await PrivatePostgres.StartNewAsync());
        await using (var admin = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(postgres.server.Address) { Pooling = false }.ConnectionString))
        {
            await admin.ExecuteAsync("create database legacy");
            postgres.dataFolder = (await admin.ExecuteScalarAsync<string>("show data_directory"))!;
            foreach (var setting in settings) await admin.ExecuteAsync($"alter system set {setting}");
        }

        if (settings.Length > 0)
        {
            await postgres.server.StopAsync();
            await postgres.server.StartAsync();
        }

        await postgres.ExecuteAsync("create table person (id integer primary key, name text, note text)");
        await postgres.ExecuteAsync("create table busy (id integer, filler text)");
        return postgres;
    }

    /// <param name="partRows">Most changes of one part.</param>
    /// <param name="options">Settings of the sessions, such as <c>-c wal_sender_timeout=1s</c>.</param>
    public PostgresChangeFeed OpenFeed(int partRows = 2_000, string options = "") => new(
        new NpgsqlConnectionStringBuilder(ConnectionString) { Options = options }.ConnectionString,
        new() { HeartbeatInterval = TimeSpan.FromMilliseconds(200), PartChanges = partRows },
        TimeProvider.System,
        NullLogger<PostgresChangeFeed>.Instance);

    public async Task<NpgsqlConnection> ConnectAsync(string database = "legacy")
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Database = database, CommandTimeout = 120 }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await connection.ExecuteAsync(sql);
    }

    /// <summary>A reader that just went away still counts as one until the server has noticed.</summary>
    public Task UntilNobodyReadsAsync() => Wait.UntilAsync(
        async () => !await AskAsync<bool>("select exists (select 1 from pg_replication_slots where active)"), "nobody reads the slot");

    public async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = await ConnectAsync();
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }

    /// <summary>Writes so many segments of log, and lets the server clear up what it need not keep.</summary>
    public async Task WriteLogAsync(int segments)
    {
        for (var segment = 0; segment < segments; segment++) await ExecuteAsync("insert into busy values (1, 'x'); select pg_switch_wal();");
        await ExecuteAsync("checkpoint;");
    }

    /// <summary>Takes away the log that the slot has to be read from, as somebody does who clears <c>pg_wal</c> by hand on a full disk. The server's view of the slot shows none of it.</summary>
    public async Task ClearLogOfSlotAsync()
    {
        await WriteLogAsync(2);
        var segment = await AskAsync<string>("select pg_walfile_name(restart_lsn) from pg_replication_slots where slot_name = 'strangler'");
        await server.StopAsync();
        File.Delete(Path.Combine(dataFolder, "pg_wal", segment));
        await server.StartAsync();
    }

    /// <summary>Ends the server by a signal of the shell's <c>kill</c> and starts it again: QUIT is an immediate shutdown, after which it recovers.</summary>
    public async Task RestartAsync(string signal)
    {
        var processId = (await File.ReadAllLinesAsync(Path.Combine(dataFolder, "postmaster.pid")))[0];
        await RunAsync("kill", $"-{signal}", processId);
        await Wait.UntilAsync(() => !Directory.Exists($"/proc/{processId}"), "the server has ended");
        await server.StartAsync();
    }

    /// <summary>Stops the server, keeps a copy of its data, and starts it again.</summary>
    public async Task BackUpAsync()
    {
        await server.StopAsync();
        await RunAsync("cp", "-a", dataFolder, $"{dataFolder}.backup");
        await server.StartAsync();
    }

    /// <summary>Puts the copy in the place of the data.</summary>
    public async Task RestoreAsync()
    {
        await server.StopAsync();
        Directory.Delete(dataFolder, recursive: true);
        await RunAsync("cp", "-a", $"{dataFolder}.backup", dataFolder);
        await server.StartAsync();
    }

    /// <summary>What a failover does: the data of a standby, promoted to the next timeline.</summary>
    public async Task PromoteAsync()
    {
        await server.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(dataFolder, "standby.signal"), "");
        await server.StartAsync();
        await using var admin = await ConnectAsync("postgres");
        await admin.ExecuteAsync("select pg_promote()");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
