using System.Data.Common;
using Clinic.Absenteeism.Absences;
using Dapper;

namespace Clinic.Absenteeism.Reports;

/// <summary>Which absences a report counts.</summary>
/// <param name="CompanyId">Of this employer alone; null for all.</param>
/// <param name="Period">That have a day in this period.</param>
/// <param name="WorkAccidentsOnly">Accidents at work alone.</param>
internal sealed record ReportFilter(long? CompanyId, Period Period, bool WorkAccidentsOnly);

/// <summary>Reads absences and counts them.</summary>
internal static class AbsenceQuery
{
    public static async Task<AbsenceReport> ReportAsync(DbDataSource store, ReportFilter filter, CancellationToken cancellation)
    {
        await using var connection = await store.OpenConnectionAsync(cancellation);
        await using var rows = await connection.ExecuteReaderAsync(new CommandDefinition(Select, filter, cancellationToken: cancellation));
        List<Absence> absences = [];
        while (await rows.ReadAsync(cancellation)) absences.Add(Read(rows));
        return AbsenceReport.Of(absences, filter.Period);
    }

    private static Absence Read(DbDataReader row) => new(
        row.GetInt64(0),
        row.GetInt64(1),
        row.IsDBNull(2) ? null : row.GetInt64(2),
        row.GetFieldValue<DateOnly>(3),
        row.GetFieldValue<DateOnly>(4),
        row.IsDBNull(5) ? null : row.GetString(5),
        row.IsDBNull(6) ? null : row.GetString(6),
        row.IsDBNull(7) ? null : row.GetBoolean(7),
        row.IsDBNull(8) ? null : row.GetString(8));

    // The period is not asked for here: an absence before it may cover days of one in it.
    private const string Select = """
        select absence_id, patient_id, company_id, starts_on, ends_on, cid, chapter, work_accident, cat_number
        from absences
        where (@CompanyId is null or company_id = @CompanyId)
          and (work_accident or not @WorkAccidentsOnly)
        """;
}
