using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>Two layers on one source and one store: one is active, the other stands by.</summary>
public sealed class StandbyTests : IAsyncLifetime
{
    private PostgresLegacy source = null!;
    private TestDatabase store = null!;
    private TestConsumer consumer = null!;
    private TcpRelay toStore = null!;

    private InProcessMedium Medium { get; } = new();

    public async ValueTask InitializeAsync()
    {
        source = await PostgresLegacy.CreateAsync("standby");
        await source.CreateTablesAsync();
        store = await TestDatabase.CreateAsync("standbystore");
        toStore = new(store.ConnectionString);
        consumer = await TestConsumer.StartAsync(Medium);
    }

    public async ValueTask DisposeAsync()
    {
        await consumer.DisposeAsync();
        toStore.Dispose();
        await store.DisposeAsync();
        await source.DisposeAsync();
    }

    [Fact]
    public async Task A_standby_waits_says_so_and_goes_on_where_the_active_layer_ended()
    {
        var active = await StartAsync(store.ConnectionString);
        await active.UntilAsync("streaming");
        await using var standby = await StartAsync(store.ConnectionString);
        await standby.UntilAsync("standby");
        await source.ExecuteAsync("insert into person (id, name) values (1, 'Ana')");
        await active.CountsAsync("person", 1);

        Assert.Equal((200, "standby"), await HealthAsync(standby));
        Assert.Equal(503, (await standby.PostAsync("/backfill/start", new { table = "person" })).Status);
        await active.DisposeAsync();
        await source.ExecuteAsync("insert into person (id, name) values (2, 'Bea')");
        await standby.UntilAsync("streaming");
        await UntilToldAsync("person/2", "Bea");

        Assert.Equal(["person/1", "person/2"], consumer.State.Keys.Order());
        Assert.Equal("2 2 {} {}", await standby.CountsAsync("person", 2));
    }

    [Fact]
    public async Task An_active_layer_that_is_cut_off_is_replaced_in_time_and_can_store_nothing_when_it_is_back()
    {
        await using var active = await StartAsync($"{toStore.To(store.ConnectionString)};Timeout=2");
        await active.UntilAsync("streaming");
        await using var standby = await StartAsync(store.ConnectionString);
        await standby.UntilAsync("standby");
        await source.ExecuteAsync("insert into person (id, name) values (1, 'Ana')");
        await active.CountsAsync("person", 1);

        toStore.Freeze();
        await source.ExecuteAsync("insert into person (id, name) values (2, 'Bea')");
        await standby.UntilAsync("streaming");
        await standby.CountsAsync("person", 2);
        toStore.Thaw();
        await active.UntilAsync("standby");
        await source.ExecuteAsync("update person set name = 'Eva' where id = 2");
        await UntilToldAsync("person/2", "Eva");

        // Both may have told the same change: then the very same message.
        Assert.All(consumer.Received.GroupBy(static message => message.Id), static same => Assert.Single(same.Select(TestConsumer.Text).Distinct()));
        Assert.Equal("""test.person.stated.v1 {"name":"Ana"}""", consumer.State["person/1"]);
        Assert.Equal("3 3 {} {}", await standby.CountsAsync("person", 3));
    }

    [Fact]
    public async Task What_is_stored_under_an_older_epoch_is_refused()
    {
        await using (var layer = await StartAsync(store.ConnectionString))
        {
            await layer.UntilAsync("streaming");
            await using var other = new NpgsqlConnection(store.ConnectionString);
            await other.OpenAsync();
            var (epoch, checkpoint) = (await EpochAsync(other), await other.ExecuteScalarAsync<long>("select position from acl_checkpoint"));

            // Another layer has it; nothing of this one is stored any more, and it takes the lease again before it goes on.
            await other.ExecuteAsync("update acl_lease set epoch = epoch + 1, holder = 'another'");
            await source.ExecuteAsync("insert into person (id, name) values (1, 'Ana')");
            await Wait.UntilAsync(async () => await EpochAsync(other) > epoch + 1, "the layer takes the lease again");
            await UntilToldAsync("person/1", "Ana");
            var counts = await layer.CountsAsync("person", 1);

            Assert.True(await other.ExecuteScalarAsync<long>("select position from acl_checkpoint") > checkpoint);
            Assert.Equal("1 1 {} {}", counts);
        }
    }

    [Fact]
    public async Task A_layer_that_is_cut_off_while_it_stores_something_is_replaced_in_time_too()
    {
        await using var connections = NpgsqlDataSource.Create(store.ConnectionString);
        await using (var connection = await connections.OpenConnectionAsync()) await AclSchema.UpgradeAsync(connection, CancellationToken.None);
        var former = new LayerLease(connections, TimeSpan.FromSeconds(1), TimeProvider.System, NullLogger<LayerLease>.Instance);
        var lease = await former.TakeAsync(static () => { }, CancellationToken.None);
        var (begun, goesOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var storing = former.StoreAsync(
            (_, _) =>
            {
                begun.SetResult();
                return goesOn.Task;
            },
            CancellationToken.None);
        await begun.Task;

        // Of the former one nothing more is heard; its transaction, and the lock of the lease's row, is left behind.
        var next = new LayerLease(connections, TimeSpan.FromSeconds(1), TimeProvider.System, NullLogger<LayerLease>.Instance);
        await using var taken = await next.TakeAsync(static () => { }, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.True(taken.TookOver);
        Assert.Equal(lease.Epoch + 1, taken.Epoch);
        goesOn.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => storing);
        await lease.DisposeAsync();
    }

    private Task UntilToldAsync(string key, string name) => Wait.UntilAsync(
        () => consumer.State.GetValueOrDefault(key)?.Contains(name, StringComparison.Ordinal) == true, $"{key} is told as {name}", TimeSpan.FromMinutes(1));

    private static async Task<long> EpochAsync(NpgsqlConnection connection) => await connection.ExecuteScalarAsync<long>("select epoch from acl_lease");

    private static async Task<(int Status, string? Capture)> HealthAsync(TestLayer layer)
    {
        var (status, body) = await layer.GetAsync("/health");
        return (status, body.GetProperty("results").EnumerateArray().Single(static one => one.GetProperty("checker").GetString() == "capture").GetProperty("output").GetString());
    }

    private Task<TestLayer> StartAsync(string storeAddress) => TestLayer.StartAsync(
        source.ConnectionString, storeAddress, Medium, feed: null, log: null, ("AntiCorruption:Slot", source.Slot), ("AntiCorruption:TakeoverAfter", "00:00:01"));
}
