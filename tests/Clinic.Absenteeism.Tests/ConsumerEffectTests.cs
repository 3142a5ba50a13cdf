using Clinic.Absenteeism.Tests.Running;
using Strangler.Messaging;

namespace Clinic.Absenteeism.Tests;

/// <summary>What messages leave in the store, on each engine.</summary>
public abstract class ConsumerEffectTests
{
    [Fact]
    public async Task Recorded_absence_is_kept_without_who_certified_it()
    {
        var all = new StoredAbsence(9, 42, 7, Days.Of("2015-07-25"), Days.Of("2015-07-27"), "M54.5", "XIII", true, "2015123456");
        var little = new StoredAbsence(10, 42, null, Days.Of("2015-07-25"), Days.Of("2015-07-25"), null, null, null, null);

        var kept = await AfterAsync(
            Said.Recorded(9, "2015-07-25", 3, but: absence => absence with { PatientId = 42, WorkAccident = true, CatNumber = "2015123456" }),
            Said.Recorded(10, "2015-07-25", 1, but: absence => absence with { PatientId = 42, CompanyId = null, Cid = null, Chapter = null, Certificate = null }));

        Assert.Equal([all, little], kept);
    }

    [Fact]
    public async Task Diagnosis_of_no_chapter_is_kept_without_one()
    {
        var kept = Assert.Single(await AfterAsync(Said.Recorded(9, "2015-07-25", 3, but: absence => absence with { Cid = "X99.9", Chapter = "other" })));

        Assert.Equal(("X99.9", null), (kept.Cid, kept.Chapter));
    }

    [Fact]
    public async Task Corrected_absence_replaces_what_was_recorded()
    {
        var kept = Assert.Single(await AfterAsync(
            Said.Recorded(9, "2015-07-25", 3),
            Said.Corrected(9, "2015-08-01", 2, 2, absence => absence with { WorkAccident = false, Cid = "J10", Chapter = "X" })));

        Assert.Equal(new StoredAbsence(9, 1, 7, Days.Of("2015-08-01"), Days.Of("2015-08-02"), "J10", "X", false, null), kept);
    }

    [Fact]
    public async Task Older_or_redelivered_message_undoes_nothing()
    {
        var first = Said.Recorded(9, "2015-07-25", 3);

        Assert.Equal(Days.Of("2015-08-01"), Assert.Single(await AfterAsync(first, Said.Corrected(9, "2015-08-01", 2, 5), first)).StartsOn);
        Assert.Equal(
            Days.Of("2015-08-01"),
            Assert.Single(await AfterAsync(Said.Corrected(9, "2015-08-01", 2, 5), Said.Corrected(9, "2015-09-01", 2, 4))).StartsOn);
    }

    [Fact]
    public async Task Withdrawn_absence_is_gone_until_it_is_recorded_again()
    {
        Assert.Empty(await AfterAsync(Said.Recorded(9, "2015-07-25", 3), Said.Withdrawn(9, 2)));
        Assert.Empty(await AfterAsync(Said.Withdrawn(9, 1)));
        Assert.Single(await AfterAsync(Said.Recorded(9, "2015-07-25", 3), Said.Withdrawn(9, 2), Said.Recorded(9, "2015-07-25", 3, 3)));
    }

    [Fact]
    public async Task Concurrent_first_deliveries_leave_one_row_each()
    {
        await using var store = await CreateStoreAsync();
        var messages = Enumerable.Range(1, 500).Select(absence => Said.Recorded(absence, "2015-07-25", 3)).ToArray();
        // Two processes of the service, each with all the messages, at once.
        await using var one = await RunningService.StartAsync(store.ConnectionString);
        await using var other = await RunningService.StartAsync(store.ConnectionString);

        await Task.WhenAll(one.PublishAsync(messages), other.PublishAsync(messages));

        Assert.Equal(Enumerable.Range(1, 500).Select(absence => (long)absence), (await StoredAbsence.AllAsync(store.ConnectionString)).Select(row => row.AbsenceId));
    }

    protected abstract Task<ServiceStore> CreateStoreAsync();

    private async Task<List<StoredAbsence>> AfterAsync(params Envelope[] messages)
    {
        await using var store = await CreateStoreAsync();
        await using var service = await RunningService.StartAsync(store.ConnectionString);
        await service.PublishAsync(messages);
        return await StoredAbsence.AllAsync(store.ConnectionString);
    }
}

public sealed class ConsumerEffectOnSqliteTests : ConsumerEffectTests
{
    protected override Task<ServiceStore> CreateStoreAsync() => ServiceStore.SqliteAsync();
}

public sealed class ConsumerEffectOnPostgresTests : ConsumerEffectTests
{
    protected override Task<ServiceStore> CreateStoreAsync() => ServiceStore.PostgresAsync();
}
