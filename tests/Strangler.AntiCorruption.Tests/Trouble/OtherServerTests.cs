using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>The database moved to a server whose log counts from lower numbers: a restore by dump, another cluster, pg_upgrade.</summary>
public sealed class OtherServerTests
{
    [Fact]
    [Behaviour(25, 26)]
    public async Task Versions_rise_over_a_gap_to_a_server_whose_log_counts_from_lower_numbers()
    {
        using var store = new TemporaryStore();
        var medium = new InProcessMedium();
        await using var consumer = await TestConsumer.StartAsync(medium);
        await using var old = await TroubledPostgres.StartAsync();
        await using var other = await TroubledPostgres.StartAsync();
        await old.WriteLogAsync(3);
        foreach (var server in new[] { old, other }) await server.ExecuteAsync("create table contract (id integer primary key, person_id integer, state text)");
        await old.ExecuteAsync("insert into person (id, name) values (1, 'kept'), (2, 'changed'), (3, 'deleted')");
        await using (var first = await TestLayer.StartAsync(old.ConnectionString, store.ConnectionString, medium))
        {
            await first.UntilCaughtUpAsync();
            await old.ExecuteAsync("update person set name = 'streamed' where id = 1");
            await Wait.UntilAsync(() => consumer.State["person/1"].Contains("streamed", StringComparison.Ordinal), "the change came");
            await first.UntilCaughtUpAsync();
        }

        var (before, told) = (consumer.Received.Max(static message => message.Version), consumer.Received.Count);
        await other.ExecuteAsync("insert into person (id, name) values (1, 'streamed'), (2, 'anew'), (4, 'new')");
        await using var second = await TestLayer.StartAsync(other.ConnectionString, store.ConnectionString, medium, settings: ("AntiCorruption:OnGap", "Backfill"));
        await second.UntilCaughtUpAsync();
        await other.ExecuteAsync("update person set name = 'after' where id = 4");
        await Wait.UntilAsync(() => consumer.State.GetValueOrDefault("person/4")?.Contains("after", StringComparison.Ordinal) == true, "changes of the other server count");
        await Wait.UntilAsync(() => consumer.State["person/3"] == "test.person.gone.v1 {}", "the row that did not come along is taken back");
        await second.UntilCaughtUpAsync();

        Assert.True(await other.AskAsync<bool>($"select pg_current_wal_lsn() < '{new NpgsqlTypes.NpgsqlLogSequenceNumber(before.Position)}'"), "The other log counts from lower numbers.");
        Assert.All(consumer.Received.Skip(told), message => Assert.True(message.Version > before));
        Assert.Equal(
            ["person/1 streamed", "person/2 anew", "person/3 gone", "person/4 after"],
            consumer.State.OrderBy(static row => row.Key).Select(static row => $"{row.Key} {(row.Value.Contains("gone", StringComparison.Ordinal) ? "gone" : row.Value.Split('"')[3])}"));
    }
}
