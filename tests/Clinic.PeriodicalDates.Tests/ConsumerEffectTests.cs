using Clinic.PeriodicalDates.Tests.Running;
using Strangler.Messaging;

namespace Clinic.PeriodicalDates.Tests;

/// <summary>What messages leave in the store, on each engine.</summary>
public abstract class ConsumerEffectTests
{
    private static readonly DateOnly Exam = new(2015, 7, 25);

    [Fact]
    public async Task Exam_date_of_version_1_counts_its_days_from_the_day_it_happened_in_Sao_Paulo()
    {
        // 01:30 UTC on the 10th is still the 9th in São Paulo.
        var happened = new DateTimeOffset(2024, 3, 10, 1, 30, 0, TimeSpan.Zero);

        Assert.Equal(
            [new StoredExam(42, Exam, 30, new DateOnly(2024, 4, 8))],
            await ExamsAfterAsync(Said.ChangedV1(42, Exam, 30, 1, happened)));
    }

    [Fact]
    public async Task Delivery_40_days_late_does_not_shift_the_due_date()
    {
        var happened = DateTimeOffset.UtcNow.AddDays(-40);
        var dueOn = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeBySystemTimeZoneId(happened, "America/Sao_Paulo").Date).AddDays(30);

        var exam = Assert.Single(await ExamsAfterAsync(Said.ChangedV1(42, Exam, 30, 1, happened)));

        Assert.Equal(new StoredExam(42, Exam, 30, dueOn), exam);
    }

    [Fact]
    public async Task Exam_date_of_version_2_brings_its_due_date_along() => Assert.Equal(
        [new StoredExam(42, Exam, 30, new DateOnly(2024, 3, 31))],
        await ExamsAfterAsync(Said.ChangedV2(42, Exam, 30, asOf: new(2024, 3, 1), 1)));

    [Fact]
    public async Task Both_versions_of_one_change_leave_one_row_in_either_order()
    {
        var versions = (Envelope[])[Said.ChangedV1(42, Exam, 30, 5), Said.ChangedV2(42, Exam, 30, asOf: new(2024, 3, 10), 5)];
        StoredExam[] row = [new(42, Exam, 30, new DateOnly(2024, 4, 9))];

        Assert.Equal(row, await ExamsAfterAsync(versions));
        Assert.Equal(row, await ExamsAfterAsync([.. versions.Reverse()]));
    }

    [Fact]
    public async Task Redelivered_message_leaves_one_row_and_undoes_nothing()
    {
        var first = Said.ChangedV1(42, Exam, 30, 1);
        var second = Said.ChangedV1(42, Exam, 31, 2);

        Assert.Equal([new StoredExam(42, Exam, 31, new DateOnly(2024, 4, 10))], await ExamsAfterAsync(first, first, second, first));
    }

    [Fact]
    public async Task Older_message_never_overwrites_a_newer_date()
    {
        var newer = Said.ChangedV1(42, new(2016, 1, 1), 300, 9);
        var older = Said.ChangedV2(42, Exam, 30, asOf: new(2024, 3, 1), 3);

        Assert.Equal([new StoredExam(42, new(2016, 1, 1), 300, new DateOnly(2025, 1, 4))], await ExamsAfterAsync(newer, older));
    }

    [Fact]
    public async Task Later_message_moves_the_date()
    {
        var messages = (Envelope[])[Said.ChangedV1(42, Exam, 30, 1), Said.ChangedV1(42, new(2016, 1, 1), 300, 2)];

        Assert.Equal([new StoredExam(42, new(2016, 1, 1), 300, new DateOnly(2025, 1, 4))], await ExamsAfterAsync(messages));
    }

    [Fact]
    public async Task Days_beyond_the_calendar_are_kept_without_a_due_date() => Assert.Equal(
        [new StoredExam(42, Exam, int.MaxValue, null)],
        await ExamsAfterAsync(Said.ChangedV1(42, Exam, int.MaxValue, 1)));

    [Fact]
    public async Task Withdrawn_date_leaves_no_row_also_when_there_was_none()
    {
        Assert.Empty(await ExamsAfterAsync(Said.ChangedV1(42, Exam, 30, 1), Said.Withdrawn(42, 2)));
        Assert.Empty(await ExamsAfterAsync(Said.Withdrawn(42, 1)));
    }

    [Fact]
    public async Task Concurrent_first_deliveries_leave_one_row_each()
    {
        await using var store = await CreateStoreAsync();
        var messages = Enumerable.Range(1, 500).Select(patient => Said.ChangedV1(patient, Exam, patient, 1)).ToArray();
        // Two processes of the service, each with all the messages, at once.
        await using var one = await RunningService.StartAsync(store.ConnectionString);
        await using var other = await RunningService.StartAsync(store.ConnectionString);

        await Task.WhenAll(one.PublishAsync(messages), other.PublishAsync(messages));

        Assert.Equal(
            messages.Select((_, index) => new StoredExam(index + 1, Exam, index + 1, new DateOnly(2024, 3, 10).AddDays(index + 1))),
            await StoredRows.ExamsAsync(store.ConnectionString));
    }

    [Fact]
    public async Task Patient_is_kept_upper_case_as_the_newest_message_says() => Assert.Equal(
        ["JOÃO D'ÁVILA"],
        await PatientsAfterAsync(Said.Registered(42, "Maria", 1), Said.Updated(42, "João d'Ávila", 3), Said.Updated(42, "José", 2)));

    [Fact]
    public async Task Removed_patient_is_forgotten_and_comes_back_when_registered_again()
    {
        Assert.Empty(await PatientsAfterAsync(Said.Registered(42, "Maria", 1), Said.Removed(42, 2)));
        Assert.Equal(["MARIA"], await PatientsAfterAsync(Said.Registered(42, "Maria", 1), Said.Removed(42, 2), Said.Registered(42, "Maria", 3)));
    }

    [Fact]
    public async Task Merged_patient_is_forgotten_and_the_surviving_one_stays()
    {
        var messages = (Envelope[])[Said.Registered(42, "Maria", 1), Said.Registered(43, "Maria de novo", 2), Said.Merged(42, 43, 3)];

        Assert.Equal(["MARIA"], await PatientsAfterAsync(messages));
        Assert.Equal(["MARIA", "MARIA DE NOVO"], await PatientsAfterAsync([.. messages, Said.Registered(43, "Maria de novo", 4)]));
    }

    [Fact]
    public async Task Second_start_finds_its_schema_and_its_rows()
    {
        await using var store = await CreateStoreAsync();
        await using (var first = await RunningService.StartAsync(store.ConnectionString)) await first.PublishAsync(Said.ChangedV1(1, Exam, 1, 1));

        await using (var second = await RunningService.StartAsync(store.ConnectionString)) await second.PublishAsync(Said.ChangedV1(2, Exam, 2, 1));

        Assert.Equal([1, 2], (await StoredRows.ExamsAsync(store.ConnectionString)).Select(exam => exam.PatientId));
    }

    protected abstract Task<ServiceStore> CreateStoreAsync();

    private Task<List<StoredExam>> ExamsAfterAsync(params Envelope[] messages) => AfterAsync(messages, StoredRows.ExamsAsync);

    private Task<List<string>> PatientsAfterAsync(params Envelope[] messages) => AfterAsync(messages, StoredRows.PatientsAsync);

    private async Task<List<T>> AfterAsync<T>(Envelope[] messages, Func<string, Task<List<T>>> read)
    {
        await using var store = await CreateStoreAsync();
        await using var service = await RunningService.StartAsync(store.ConnectionString);
        await service.PublishAsync(messages);
        return await read(store.ConnectionString);
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
