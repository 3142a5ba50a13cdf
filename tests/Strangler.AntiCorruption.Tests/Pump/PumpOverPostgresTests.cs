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
