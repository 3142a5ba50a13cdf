using System.Data.Common;
using Strangler.Messaging;

namespace Clinic.PeriodicalDates.Tests.Running;

internal sealed record StoredExam(long PatientId, DateOnly LastExamDate, int ExpirationDays, DateOnly? DueOn);

/// <summary>Looks into the store past the service.</summary>
internal static class StoredRows
{
    public static async Task<List<StoredExam>> ExamsAsync(string store) => await ReadAsync(
        store,
        "select patient_id, last_exam_date, expiration_days, due_on from periodical_exams order by patient_id",
        row => new StoredExam(
            row.GetInt64(0), row.GetFieldValue<DateOnly>(1), row.GetInt32(2), row.IsDBNull(3) ? null : row.GetFieldValue<DateOnly>(3)));

    public static async Task<List<string>> PatientsAsync(string store) =>
        await ReadAsync(store, "select name from patients order by patient_id", row => row.GetString(0));

    public static async Task<long> CountAsync(string store, string table) =>
        (await ReadAsync(store, $"select count(*) from {table}", row => row.GetInt64(0))).Single();

    private static async Task<List<T>> ReadAsync<T>(string store, string sql, Func<DbDataReader, T> read)
    {
        await using var source = StoreDataSource.Create(store);
        await using var connection = await source.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var rows = await command.ExecuteReaderAsync();
        List<T> result = [];
        while (await rows.ReadAsync()) result.Add(read(rows));
        return result;
    }
}
