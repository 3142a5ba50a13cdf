using Dapper;
using Npgsql;
using Strangler.Tests.Servers;

namespace Strangler.Faults.Runs;

/// <summary>The databases of one scenario, fresh.</summary>
internal sealed record SeedDatabases(TestDatabase Source, TestDatabase LayerStore, TestDatabase StoreA, TestDatabase StoreB)
{
    /// <summary>CloudEvents source of every message: copies of another scenario's messages are recognised by it.</summary>
    public string SourceName => $"urn:faults:{Source.Name}";

    /// <summary>Slots belong to the whole server: this one's name is as unique as the database's.</summary>
    public string Slot => Source.Name;

    public static async Task<SeedDatabases> CreateAsync(TestBed bed) => new(
        await TestDatabase.CreateAsync("source", bed.Source.Address),
        await TestDatabase.CreateAsync("layer", bed.Stores.Address),
        await TestDatabase.CreateAsync("a", bed.Stores.Address),
        await TestDatabase.CreateAsync("b", bed.Stores.Address));

    /// <summary>Drops the layer's slot, whoever reads it; nothing when there is none.</summary>
    public async Task DropSlotAsync()
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Source.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        while (await connection.ExecuteScalarAsync<long>("select count(*) from pg_replication_slots where slot_name = @Slot", new { Slot }) > 0)
        {
            await connection.ExecuteAsync("select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = @Slot and active", new { Slot });
            try
            {
                await connection.ExecuteAsync("select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = @Slot", new { Slot });
            }
            catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.ObjectInUse or PostgresErrorCodes.UndefinedObject)
            {
                // Its reader is not gone yet, or it has just gone by itself: it is looked at again.
            }
        }
    }

    /// <summary>Not called when they are evidence.</summary>
    public async Task DropAsync()
    {
        foreach (var database in (TestDatabase[])[Source, LayerStore, StoreA, StoreB]) await database.DisposeAsync();
    }
}
