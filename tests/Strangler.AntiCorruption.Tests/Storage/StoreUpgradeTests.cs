using System.Text.Json;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>The layer's store, written by another version of the layer.</summary>
public sealed class StoreUpgradeTests : IAsyncDisposable
{
    private readonly TemporaryStore store = new();
    private readonly SqliteSource source = new();

    // As the layer had it before backfills ran beside the stream.
    private const string AsItWas =
        """
        drop table acl_schema;
        drop table acl_lease;
        drop table acl_awaited;
        drop table acl_backfills;
        drop table acl_rows;
        drop table acl_shapes;
        drop index acl_quarantine_version;
        drop index acl_quarantine_parking;
        update acl_quarantine set state = 'open' where state = 'parked';
        alter table acl_quarantine drop column old_key;
        alter table acl_quarantine drop column behind;
        alter table acl_checkpoint drop column raised_by;
        alter table acl_checkpoint drop column healed_at;
        create table acl_backfill (
            table_name text primary key, last_key text, rows_done bigint not null, rows_total bigint not null, completed_at text);
        insert into acl_backfill values ('person', '2', 2, 2, '2026-01-01T00:00:00.0000000Z');
        insert into acl_backfill values ('contract', null, 0, 0, '2026-01-01T00:00:00.0000000Z');
        """;

    [Fact]
    [Behaviour(72)]
    public async Task A_store_of_an_earlier_version_is_taken_over_with_its_position_and_what_comes_again_has_the_same_ids_and_versions()
    {
        await source.CreateTablesAsync();
        await source.ExecuteAsync("insert into person (id, name) values (1, 'kept'), (2, 'refuse')");
        var medium = new InProcessMedium();
        await using var consumer = await TestConsumer.StartAsync(medium);
        var faulty = new FaultyMedium(medium);
        await using (var earlier = await TestLayer.StartAsync(source.ConnectionString, store.ConnectionString, faulty))
        {
            await earlier.UntilCaughtUpAsync();
            // It comes, and the layer ends before it learns so.
            faulty.SwallowConfirms = true;
            await source.ExecuteAsync("update person set name = 'sent' where id = 1");
            await Wait.UntilAsync(() => consumer.Received.Count(static message => TestConsumer.Text(message).Contains("sent", StringComparison.Ordinal)) == 2, "the change came");
        }

        var position = await store.AskAsync<long>("select position from acl_checkpoint");
        await store.ExecuteAsync(AsItWas);
        await using var later = await TestLayer.StartAsync(source.ConnectionString, store.ConnectionString, medium);
        await Wait.UntilAsync(() => consumer.Received.Count(static message => TestConsumer.Text(message).Contains("sent", StringComparison.Ordinal)) >= 4, "it came again");
        await later.UntilAsync("person", static table => table.GetProperty("state").GetString() == "complete");
        await later.UntilCaughtUpAsync();
        later.Persons.UnderstandsRefused = true;
        var (_, retried) = await later.PostAsync("/quarantine/retry", new { all = true });

        var sent = consumer.Received.Where(static message => TestConsumer.Text(message).Contains("sent", StringComparison.Ordinal) && !message.Type.EndsWith(".v2", StringComparison.Ordinal)).ToList();
        Assert.Equal((sent[0].Id, sent[0].Version), (sent[1].Id, sent[1].Version));
        Assert.True(sent[0].Version.Position > (ulong)position);
        Assert.True(retried.GetProperty("published").GetInt32() >= 1, retried.ToString());
        Assert.Equal("""test.person.stated.v1 {"name":"refuse"}""", consumer.State["person/2"]);
        Assert.Equal("""test.person.stated.v1 {"name":"sent"}""", consumer.State["person/1"]);
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from sqlite_master where name = 'acl_backfill'"));
    }

    [Fact]
    [Behaviour(72)]
    public async Task A_store_of_a_later_version_is_refused_and_left_alone()
    {
        await source.CreateTablesAsync();
        var medium = new InProcessMedium();
        await using (var layer = await TestLayer.StartAsync(source.ConnectionString, store.ConnectionString, medium)) await layer.UntilCaughtUpAsync();
        var before = await store.AskAsync<string>("select group_concat(sql) from sqlite_master");
        await store.ExecuteAsync("update acl_schema set version = 1000");

        await using var refused = await TestLayer.StartAsync(source.ConnectionString, store.ConnectionString, medium);
        (int Status, JsonElement Body) health = default;
        await Wait.UntilAsync(async () => (health = await refused.GetAsync("/health")).Body.ToString().Contains("a later layer has written it", StringComparison.Ordinal), "the reason is told");

        Assert.Equal(503, health.Status);
        Assert.Equal(503, (await refused.GetAsync("/lag")).Status);
        Assert.StartsWith("The store of the anti-corruption layer has version 1000", (await refused.GetAsync("/quarantine")).Body.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("The store of the anti-corruption layer has version 1000, and this layer knows versions up to ", health.Body.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, await store.AskAsync<string>("select group_concat(sql) from sqlite_master"));
        Assert.Equal(1000, await store.AskAsync<long>("select version from acl_schema"));
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        store.Dispose();
    }
}
