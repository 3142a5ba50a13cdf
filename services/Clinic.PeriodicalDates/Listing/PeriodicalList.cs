using System.Data.Common;
using Dapper;

namespace Clinic.PeriodicalDates.Listing;

/// <summary>An exam as it is listed.</summary>
internal sealed record ListedExam(
    long PatientId, string Name, long? CompanyId, string? CompanyName, DateOnly LastExamDate, int ExpirationDays, DateOnly? DueOn);

/// <summary>How many exams a filter finds.</summary>
internal sealed record ExamCounts(int Overdue, int DueSoon, int UpToDate)
{
    public int Total => Overdue + DueSoon + UpToDate;
}

/// <summary>Reads the exams of active patients, in the order of their names without accents.</summary>
internal sealed class PeriodicalList(DbDataSource store, PeriodicalFilter filter)
{
    public async Task<ExamCounts> CountAsync(CancellationToken cancellation)
    {
        if (filter.MatchesNothing) return new(0, 0, 0);
        await using var connection = await store.OpenConnectionAsync(cancellation);
        await using var row = await connection.ExecuteReaderAsync(new CommandDefinition(Count, Parameters(0, 0), cancellationToken: cancellation));
        await row.ReadAsync(cancellation);
        return new(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2));
    }

    public async Task<IReadOnlyList<ListedExam>> ReadAsync(long skip, int take, CancellationToken cancellation)
    {
        if (filter.MatchesNothing) return [];
        await using var connection = await store.OpenConnectionAsync(cancellation);
        await using var rows = await connection.ExecuteReaderAsync(new CommandDefinition(Select, Parameters(skip, take), cancellationToken: cancellation));
        List<ListedExam> exams = [];
        while (await rows.ReadAsync(cancellation)) exams.Add(Exam(rows));
        return exams;
    }

    private object Parameters(long skip, int take) => new
    {
        filter.CompanyId,
        filter.NamePattern,
        Least = filter.DueWithin is null ? int.MinValue : 0,
        Most = filter.DueWithin ?? int.MaxValue,
        Skip = skip,
        Take = take,
    };

    private static ListedExam Exam(DbDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        row.IsDBNull(2) ? null : row.GetInt64(2),
        row.IsDBNull(3) ? null : row.GetString(3),
        row.GetFieldValue<DateOnly>(4),
        row.GetInt32(5),
        row.IsDBNull(6) ? null : row.GetFieldValue<DateOnly>(6));

    private const string Found = """
        from periodical_exams as exam
        join patients as patient on patient.patient_id = exam.patient_id
        where patient.active
          and exam.expiration_days between @Least and @Most
          and (@CompanyId is null or patient.company_id = @CompanyId)
          and (@NamePattern is null or patient.sort_name like @NamePattern escape '!')
        """;

    private const string Count = $"""
        select
          count(case when exam.expiration_days < 0 then 1 end),
          count(case when exam.expiration_days between 0 and 30 then 1 end),
          count(case when exam.expiration_days > 30 then 1 end)
        {Found}
        """;

    private const string Select = $"""
        select patient.patient_id, patient.name, patient.company_id, patient.company_name, exam.last_exam_date, exam.expiration_days, exam.due_on
        {Found}
        order by patient.sort_name, patient.patient_id
        limit @Take offset @Skip
        """;
}
