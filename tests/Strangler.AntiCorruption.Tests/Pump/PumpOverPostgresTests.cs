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
}
