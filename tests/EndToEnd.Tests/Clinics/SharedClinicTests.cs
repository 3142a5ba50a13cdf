namespace EndToEnd.Tests.Clinics;

/// <summary>Tests that leave the clinic as they found it and so may share one; whatever a failed one left of its routes is put back.</summary>
public abstract class SharedClinicTests(RunningClinic clinic) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await clinic.RestoreRoutesAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

[CollectionDefinition(nameof(CombinedClinic))]
public sealed class SharedCombinedClinic : ICollectionFixture<CombinedClinic>;

[CollectionDefinition(nameof(DistributedClinic))]
public sealed class SharedDistributedClinic : ICollectionFixture<DistributedClinic>;
