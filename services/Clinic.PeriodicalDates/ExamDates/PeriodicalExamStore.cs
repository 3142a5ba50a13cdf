using Dapper;
using Strangler.Messaging;

namespace Clinic.PeriodicalDates.ExamDates;

/// <summary>Writes the one row that a patient has, in the transaction of the message that caused it.</summary>
internal sealed class PeriodicalExamStore(MessageContext context)
{
    public Task SaveAsync(PeriodicalExam exam, CancellationToken cancellation) => ExecuteAsync(Upsert, exam, cancellation);

    public Task RemoveAsync(long patientId, CancellationToken cancellation) =>
        ExecuteAsync(Delete, new { PatientId = patientId }, cancellation);

    private Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancellation) =>
        context.Connection.ExecuteAsync(new CommandDefinition(sql, parameters, context.Transaction, cancellationToken: cancellation));

    // The key decides between a first and a later report: two first deliveries at once still leave one row.
    private const string Upsert = """
        insert into periodical_exams (patient_id, last_exam_date, expiration_days, due_on)
        values (@PatientId, @LastExamDate, @ExpirationDays, @DueOn)
        on conflict (patient_id) do update
        set last_exam_date = excluded.last_exam_date,
            expiration_days = excluded.expiration_days,
            due_on = excluded.due_on
        """;

    private const string Delete = """
        delete from periodical_exams
        where patient_id = @PatientId
        """;
}
