namespace Strangler.AntiCorruption.Tests;

public sealed class PumpOverSqliteTests : PumpContract
{
    protected override Task<TestSource> StartSourceAsync() => Task.FromResult<TestSource>(new SqliteSource());
}
