using Dapper;
using Npgsql;
using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>An inbox on PostgreSQL of which the server has no statistics yet.</summary>
public sealed class YoungInboxTests() : ConsumerSuite(TestStore.PostgresAsync)
{
    private const int Others = 50_000;
    private const int Messages = 400;

    [Fact]
    public async Task A_batch_reads_the_rows_of_its_keys_alone_while_the_server_knows_nothing_of_the_inbox()
    {
        await using (var consumer = await StartAsync())
        {
            await using var publisher = await OpenPublisherAsync();
            await publisher.PublishSafelyAsync(Sample.Message("counter/first", 1));
            await Wait.UntilAsync(() => consumer.Status.Counts.Applied == 1, "the inbox is there");
            await ExecuteAsync("alter table messaging_applied set (autovacuum_enabled = false)");
            await ExecuteAsync($"insert into messaging_applied select '{RunningConsumer.Name}', 'other/' || number, '{new MessageVersion(1, 0)}', '' from generate_series(1, {Others}) number");
            await publisher.PublishSafelyAsync([.. Keys(Messages).Select(static key => Sample.Message(key, 2))]);
            await Wait.UntilAsync(() => consumer.Status.Counts.Applied == Messages + 1, "all are applied");
        }

        // A session tells what it has read when it ends.
        ((NpgsqlDataSource)Counters.Store).Clear();
        await Wait.UntilAsync(async () => (await ReadAsync()).Written > Messages, "the server has counted what was read");
        Assert.InRange((await ReadAsync()).Rows, 0, Others / 2);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await Counters.Store.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }

    private async Task<(long Rows, long Written)> ReadAsync()
    {
        await using var connection = await Counters.Store.OpenConnectionAsync();
        return await connection.QuerySingleAsync<(long, long)>(
            "select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0), n_tup_ins from pg_stat_user_tables where relname = 'messaging_applied'");
    }
}
