using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>A commit that waits for a standby is in the log, and so in the stream, before anybody sees it in the table.</summary>
public sealed class StalledCommitTests : IAsyncLifetime
{
    private static readonly CapturedTable Person = new("person", "id", NeedsBefore: false);

    private PrivatePostgres server = null!;
    private PostgresChangeFeed feed = null!;
    private FeedReader reader = null!;

    public async ValueTask InitializeAsync()
    {
        server = await PrivatePostgres.StartNewAsync();
        await ExecuteAsync("create table person (id integer primary key, name text); insert into person select i, 'old' from generate_series(1, 10) i");
        feed = new(server.Address, new() { HeartbeatInterval = TimeSpan.FromMilliseconds(100) }, TimeProvider.System, NullLogger<PostgresChangeFeed>.Instance);
        var start = await feed.PrepareAsync([Person], null, GapPolicy.Stop, CancellationToken.None);
        reader = new(feed, start.Start);
    }

    public async ValueTask DisposeAsync()
    {
        if (reader is not null) await reader.DisposeAsync();
        if (feed is not null) await feed.DisposeAsync();
        if (server is not null) await server.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Behaviour(49)]
    public async Task A_row_is_not_published_while_a_newer_state_of_it_is_streamed_and_not_visible(bool backfilledBefore)
    {
        if (backfilledBefore) await reader.ChunkAsync(new(Person, 1, 3));
        await ExecuteAsync("alter system set synchronous_standby_names = 'nobody'");
        await ExecuteAsync("select pg_reload_conf()");
        Task probe = Task.CompletedTask;
        await Wait.UntilAsync(async () => await WaitsForAStandbyAsync(probe = CommitAsync("select pg_logical_emit_message(true, 'probe', '')")), "commits wait for a standby");
        var stalled = CommitAsync("update person set name = 'new' where id = 5");
        var change = (await reader.UntilAsync(1))[0];
        var seen = await ScalarAsync<string>("select name from person where id = 5");

        var asked = reader.ChunkAsync(new(Person, 1, 100));
        await ExecuteAsync("insert into person values (11, 'live')");
        await reader.UntilAsync(2);
        var waited = !asked.IsCompleted && !stalled.IsCompleted;
        await ExecuteAsync("alter system reset synchronous_standby_names");
        await ExecuteAsync("select pg_reload_conf()");
        await Task.WhenAll(probe, stalled);
        var chunk = await asked;

        Assert.Equal(("new", "old"), (change.After!.Text("name"), seen));
        Assert.True(waited);
        var row = Assert.Single(chunk.Changes, static row => row.After!.Text("id") == "5");
        Assert.Equal("new", row.After!.Text("name"));
        Assert.True(row.Version > change.Version);
    }

    private async Task CommitAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(server.Address);
        await connection.ExecuteAsync($"set synchronous_commit = on; {sql}");
    }

    /// <summary>A session that shows the setting may be ahead of the process that tells commits to wait.</summary>
    private async Task<bool> WaitsForAStandbyAsync(Task commit)
    {
        while (!commit.IsCompleted)
        {
            if (await ScalarAsync<long>("select count(*) from pg_stat_activity where wait_event = 'SyncRep'") > 0) return true;
        }

        await commit;
        return false;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(server.Address);
        await connection.OpenAsync();
        await connection.ExecuteAsync("set synchronous_commit = local");
        await connection.ExecuteAsync(sql);
    }

    private async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(server.Address);
        return await connection.ExecuteScalarAsync<T>(sql);
    }
}
