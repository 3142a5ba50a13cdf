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

    /// <summary>Not called when they are evidence.</summary>
    public async Task DropAsync()
    {
        foreach (var database in (TestDatabase[])[Source, LayerStore, StoreA, StoreB]) await database.DisposeAsync();
    }
}
