using Dapper;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

public sealed class PumpOverPostgresTests : PumpContract
{
    protected override async Task<TestSource> StartSourceAsync() => await PostgresLegacy.CreateAsync("pump");

    protected override (string Key, string Value)[] SourceSettings => [("AntiCorruption:Slot", ((PostgresLegacy)Source).Slot)];

    [Fact]
    [Behaviour(25)]
    public async Task A_slot_that_is_dropped_while_it_is_read_is_made_again_and_what_was_deleted_meanwhile_disappears()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'kept'), (2, 'deleted')");
        await using var layer = await StartAsync(settings: ("AntiCorruption:OnGap", "Backfill"));
        await layer.UntilCaughtUpAsync();
        var slot = ((PostgresLegacy)Source).Slot;

        // Committed between the two slots: no stream ever has it.
        await using var connection = await Source.ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("delete from person where id = 2", transaction: transaction);
        await Wait.UntilAsync(() => DroppedAsync(slot), "the slot is dropped");
        await transaction.CommitAsync();
        await Wait.UntilAsync(() => consumer.State.GetValueOrDefault("person/2")?.Contains("gone", StringComparison.Ordinal) == true, "the deleted row is taken back");

        await layer.UntilCaughtUpAsync();
        Assert.Equal("""test.person.stated.v1 {"name":"kept"}""", consumer.State["person/1"]);
    }

    private async Task<bool> DroppedAsync(string slot)
    {
        try
        {
            await Source.ExecuteAsync($"select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '{slot}' and active");
            await Source.ExecuteAsync($"select pg_drop_replication_slot('{slot}')");
            return true;
        }
        catch (Npgsql.PostgresException busy) when (busy.SqlState == Npgsql.PostgresErrorCodes.ObjectInUse)
        {
            return false;
        }
    }

    [Fact]
    [Behaviour(34)]
    public async Task A_column_of_another_type_stops_its_table_until_somebody_accepts_the_shape()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        string held;
        await using (var layer = await StartAsync())
        {
            await Source.ExecuteAsync("insert into person (id, name) values (1, 'before')");
            await consumer.UntilAsync(2);
            await Source.ExecuteAsync("alter table person alter column name type varchar(10)");
            await Source.ExecuteAsync("insert into person (id, name) values (2, 'after')");
            await layer.CountsAsync("person", 2);
            held = (await HeldAsync(layer))!;
        }

        var fingerprint = held[(held.LastIndexOf('=') + 1)..^1];
        await using var accepted = await StartAsync(settings: ("AntiCorruption:AcceptShapes:person", fingerprint));
        await Wait.UntilAsync(() => consumer.State.ContainsKey("person/2"), "what waited came");

        Assert.StartsWith("Table 'person' changed its shape: column 'name' is character varying(10), was text. ", held, StringComparison.Ordinal);
        Assert.Null(await HeldAsync(accepted));
    }

    [Fact]
    [Behaviour(37, 38)]
    public async Task A_large_value_that_does_not_come_with_a_change_is_never_missing_where_it_was_not_told_before()
    {
        await Source.ExecuteAsync("create table sheet (id integer primary key, label integer, note text, large text)");
        await Source.ExecuteAsync("alter table sheet alter column large set storage external");
        await Source.ExecuteAsync("insert into sheet (id, label, large) select n, n, repeat('x', 3000) from generate_series(1, 3) n");
        await using var store = await GuardedStore.StartAsync(Medium, "test.sheet.stated.v1", "test.sheet.gone.v1");
        var recording = new FaultyMedium(Medium);
        await using var layer = await TestLayer.StartAsync(
            Source.ConnectionString, Store, recording, null, null, static layer => layer.AddTranslator<SheetTranslator>(), SourceSettings);
        await layer.UntilCaughtUpAsync();

        // Under another key: nobody has it there. What changes again before it is told waits too.
        await Source.ExecuteAsync("update sheet set id = 10, label = 4 where id = 1");
        await Source.ExecuteAsync("update sheet set label = 5 where id = 10");
        await Wait.UntilAsync(() => store.Rows.GetValueOrDefault("sheet/10") == $"5|{new string('x', 3000)}", "the moved row is told whole");

        // In a table that was not read to its end.
        await layer.PostAsync("/backfill/start", new { table = "sheet" });
        await layer.PostAsync("/backfill/cancel", new { table = "sheet" });
        var told = recording.Published.Count;
        await Source.ExecuteAsync("update sheet set label = 6 where id = 2");
        await Wait.UntilAsync(() => store.Rows["sheet/2"].StartsWith("6|", StringComparison.Ordinal), "the row is told");
        await layer.UntilCaughtUpAsync();

        Assert.Empty(store.Incomplete);
        Assert.False(store.Rows.ContainsKey("sheet/1"));
        Assert.All(recording.Published.Skip(told), static message => Assert.Contains("\"large_is_unchanged\":false", TestConsumer.Text(message), StringComparison.Ordinal));
        Assert.Equal(0, (await layer.LagAsync()).GetProperty("quarantine").GetProperty("open").GetInt32());
    }

    [Theory]
    [Behaviour(25)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_table_that_was_not_published_for_a_while_is_named_and_backfilled_only_if_allowed(bool whileStopped)
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        var layer = await StartAsync();
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'before'), (2, 'before')");
        await consumer.UntilAsync(4);
        await layer.UntilCaughtUpAsync();
        if (whileStopped) await layer.DisposeAsync();
        await Source.ExecuteAsync("alter publication strangler drop table person");
        await Source.ExecuteAsync("update person set name = 'unseen' where id = 1; delete from person where id = 2;");
        await Source.ExecuteAsync("alter publication strangler add table person");
        if (whileStopped) layer = await StartAsync();

        var problem = "";
        await Wait.UntilAsync(
            async () => (problem = (await layer.LagAsync()).GetProperty("problem").GetString() ?? "").StartsWith("Table 'person' was made again, or taken out of the publication for a while", StringComparison.Ordinal),
            "the gap is named");
        await layer.DisposeAsync();
        await using var healed = await StartAsync(settings: ("AntiCorruption:OnGap", "Backfill"));
        await Wait.UntilAsync(
            () => consumer.State["person/1"] == """test.person.stated.v1 {"name":"unseen"}""" && consumer.State["person/2"] == "test.person.gone.v1 {}", "the gap is healed");

        Assert.Contains("AntiCorruption:OnGap=Backfill", problem, StringComparison.Ordinal);
    }
}
