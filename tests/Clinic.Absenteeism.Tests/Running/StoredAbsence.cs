using Strangler.Messaging;

namespace Clinic.Absenteeism.Tests.Running;

/// <summary>A row, looked at past the service.</summary>
internal sealed record StoredAbsence(
    long AbsenceId, long PatientId, long? CompanyId, DateOnly StartsOn, DateOnly EndsOn, string? Cid, string? Chapter, bool? WorkAccident, string? CatNumber)
{
    public static async Task<List<StoredAbsence>> AllAsync(string store)
    {
        await using var source = StoreDataSource.Create(store);
        await using var connection = await source.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            select absence_id, patient_id, company_id, starts_on, ends_on, cid, chapter, work_accident, cat_number
            from absences
            order by absence_id
            """;
        await using var rows = await command.ExecuteReaderAsync();
        List<StoredAbsence> absences = [];
        while (await rows.ReadAsync())
        {
            absences.Add(new(
                rows.GetInt64(0),
                rows.GetInt64(1),
                rows.IsDBNull(2) ? null : rows.GetInt64(2),
                rows.GetFieldValue<DateOnly>(3),
                rows.GetFieldValue<DateOnly>(4),
                rows.IsDBNull(5) ? null : rows.GetString(5),
                rows.IsDBNull(6) ? null : rows.GetString(6),
                rows.IsDBNull(7) ? null : rows.GetBoolean(7),
                rows.IsDBNull(8) ? null : rows.GetString(8)));
        }

        return absences;
    }
}
