namespace Strangler.AntiCorruption.Tests;

public sealed class PumpOverPostgresTests : PumpContract
{
    protected override async Task<TestSource> StartSourceAsync() => await PostgresLegacy.CreateAsync("pump");

    protected override (string Key, string Value)[] SourceSettings => [("AntiCorruption:Slot", ((PostgresLegacy)Source).Slot)];
}
