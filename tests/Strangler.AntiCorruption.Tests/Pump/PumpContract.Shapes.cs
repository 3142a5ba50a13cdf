using System.Text.Json;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>What becomes of a table whose shape changes.</summary>
public abstract partial class PumpContract
{
    [Fact]
    [Behaviour(33, 36)]
    public async Task A_column_that_no_translator_reads_comes_and_is_told_as_drift()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await using var layer = await StartAsync();
        await layer.UntilAsync("streaming");
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'before')");
        await Source.ExecuteAsync("alter table person add column extra text");
        await Source.ExecuteAsync("insert into person (id, name, extra) values (2, 'after', 'x')");
        await Source.ExecuteAsync("update person set extra = 'y', name = 'both' where id = 1");

        // Triggers that are not written anew yet do not know the column, which does no harm.
        for (var id = 3; await DriftAsync(layer) is []; id++) await Source.ExecuteAsync($"insert into person (id, name, extra) values ({id}, 'n', 'x')");

        await Wait.UntilAsync(
            () => consumer.State.GetValueOrDefault("person/1") == """test.person.stated.v1 {"name":"both"}""" && consumer.State.GetValueOrDefault("person/2") == """test.person.stated.v1 {"name":"after"}""",
            "rows of both shapes came");
        Assert.Equal(["column 'extra' is new"], await DriftAsync(layer));
        Assert.Null(await HeldAsync(layer));
        Assert.Equal(200, (await layer.GetAsync("/health")).Status);
    }

    [Theory]
    [Behaviour(34, 35)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_renamed_column_stops_its_table_before_a_wrong_message_and_nothing_is_lost_when_the_mapping_is_corrected(bool whileStopped)
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        var layer = await StartAsync();
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'before')");
        await consumer.UntilAsync(2);
        if (whileStopped) await layer.DisposeAsync();
        await Source.ExecuteAsync("alter table person rename column name to nome");
        if (whileStopped) layer = await StartAsync();
        var last = 1;
        while (await HeldAsync(layer) is null) await Source.ExecuteAsync($"insert into person (id, nome) values ({++last}, 'n')");

        await Source.ExecuteAsync("insert into person (id, nome) values (1000, 'waits')");
        await Source.ExecuteAsync("update person set nome = 'changed' where id = 1");
        await Source.ExecuteAsync("delete from person where id = 1000");
        await Source.ExecuteAsync("insert into person (id, nome) values (1000, 'again')");
        await Source.ExecuteAsync("insert into contract values (7, 1, 'A')");
        await Wait.UntilAsync(() => consumer.State.ContainsKey("contract/7"), "the other table flows");
        await layer.CountsAsync("person", last + 4);
        var held = await HeldAsync(layer);
        var health = await layer.GetAsync("/health");
        await layer.DisposeAsync();

        // By the old rules once more: what waits goes on waiting.
        await using (var old = await StartAsync())
        {
            await old.UntilAsync("streaming");
            Assert.NotNull(await HeldAsync(old));
        }

        Assert.DoesNotContain(consumer.Received, static message => message.Key == "person/1000");
        await using var corrected = await StartCorrectedAsync();
        await Wait.UntilAsync(() => consumer.State.GetValueOrDefault("person/1000") == """test.person.stated.v1 {"name":"again"}""", "what waited came");

        Assert.StartsWith("Table 'person' changed its shape: column 'name' is gone. ", held, StringComparison.Ordinal);
        Assert.Equal(503, health.Status);
        Assert.Equal("""test.person.stated.v1 {"name":"changed"}""", consumer.State["person/1"]);
        Assert.Equal(last + 1, consumer.State.Keys.Count(static key => key.StartsWith("person/", StringComparison.Ordinal)));
        Assert.Null(await HeldAsync(corrected));
        await Wait.UntilAsync(async () => (await corrected.LagAsync()).GetProperty("quarantine").GetProperty("open").GetInt32() == 0, "nothing waits any more");
        var versions = consumer.Received.Where(static message => message.Key == "person/1000").Select(static message => message.Version).Distinct().ToList();
        Assert.Equal(versions.Order(), versions);
        Assert.Equal(3, versions.Count);
        await corrected.CountsAsync("person", last + 4);
    }

    [Fact]
    [Behaviour(34)]
    public async Task A_held_table_is_not_backfilled_and_flows_again_without_a_restart_when_legacy_is_as_it_was()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await using var layer = await StartAsync();
        await Source.InsertPersonsAsync(50);
        await layer.UntilCaughtUpAsync();
        await Source.ExecuteAsync("alter table person rename column name to nome");
        var last = 50;
        while (await HeldAsync(layer) is null) await Source.ExecuteAsync($"insert into person (id, nome) values ({++last}, 'n')");
        await layer.UntilCaughtUpAsync();
        var waiting = (await layer.LagAsync()).GetProperty("quarantine").GetProperty("open").GetInt32();

        await layer.PostAsync("/backfill/start", new { table = "person" });
        var (_, still) = await layer.PostAsync("/tables/release", new { table = "person" });
        await Source.ExecuteAsync("insert into contract values (7, 1, 'A')");
        await Wait.UntilAsync(() => consumer.State.ContainsKey("contract/7"), "the other table flows");
        var backfill = await layer.BackfillAsync("person");
        var open = (await layer.LagAsync()).GetProperty("quarantine").GetProperty("open").GetInt32();
        await Source.ExecuteAsync("alter table person rename column nome to name");
        var (status, released) = await layer.PostAsync("/tables/release", new { table = "person" });
        await layer.UntilAsync("person", static table => table.GetProperty("state").GetString() == "complete");

        Assert.StartsWith("Table 'person' changed its shape: column 'name' is gone. ", still.GetProperty("held").GetString(), StringComparison.Ordinal);
        Assert.Equal(("running", 0), (backfill.GetProperty("state").GetString(), backfill.GetProperty("rows").GetInt32()));
        Assert.Equal(still.GetProperty("held").GetString(), backfill.GetProperty("problem").GetString());
        Assert.Equal(waiting, open);
        Assert.Equal((200, JsonValueKind.Null), (status, released.GetProperty("held").ValueKind));
        await Wait.UntilAsync(() => consumer.State.Keys.Count(static key => key.StartsWith("person/", StringComparison.Ordinal)) == last, "every row is told");
        Assert.Equal(0, (await layer.LagAsync()).GetProperty("quarantine").GetProperty("open").GetInt32());
    }

    [Fact]
    [Behaviour(34)]
    public async Task A_table_may_stop_everything_when_its_shape_changes()
    {
        await using var layer = await StartAsync(settings: ("AntiCorruption:ShapePolicies:person", "Stop"));
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await layer.UntilAsync("streaming");
        await Source.ExecuteAsync("alter table person rename column name to nome");
        JsonElement lag = default;
        var id = 0;

        await Wait.UntilAsync(
            async () =>
            {
                await Source.ExecuteAsync($"insert into person (id, nome) values ({++id}, 'n')");
                return (lag = await layer.LagAsync()).GetProperty("problem").ValueKind == JsonValueKind.String;
            },
            "the layer has a problem");

        Assert.StartsWith("Table 'person' changed its shape: column 'name' is gone.", lag.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, lag.GetProperty("quarantine").GetProperty("open").GetInt32());
    }

    protected static async Task<string?> HeldAsync(TestLayer layer) => (await ShapeAsync(layer))?.GetProperty("held").GetString();

    private static async Task<List<string>> DriftAsync(TestLayer layer) =>
        (await ShapeAsync(layer))?.GetProperty("drift").EnumerateArray().Select(static drift => drift.GetString()!).ToList() ?? [];

    private static async Task<JsonElement?> ShapeAsync(TestLayer layer) =>
        (await layer.LagAsync()).GetProperty("shapes").EnumerateArray().Where(static table => table.GetProperty("table").GetString() == "person").Select(static table => (JsonElement?)table).SingleOrDefault();

    private Task<TestLayer> StartCorrectedAsync() => StartWithAsync(new PersonTranslator { NameColumn = "nome" }, Medium);
}
