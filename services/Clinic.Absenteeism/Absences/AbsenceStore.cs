using Dapper;
using Strangler.Messaging;

namespace Clinic.Absenteeism.Absences;

/// <summary>Writes absences, in the transaction of the message that caused it.</summary>
internal sealed class AbsenceStore(MessageContext context)
{
    public Task SaveAsync(Absence absence, CancellationToken cancellation) => ExecuteAsync(Upsert, absence, cancellation);

    public Task RemoveAsync(long absenceId, CancellationToken cancellation) =>
        ExecuteAsync(Delete, new { AbsenceId = absenceId }, cancellation);

    private Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancellation) =>
        context.Connection.ExecuteAsync(new CommandDefinition(sql, parameters, context.Transaction, cancellationToken: cancellation));

    private const string Upsert = """
        insert into absences (absence_id, patient_id, company_id, starts_on, ends_on, cid, chapter, work_accident, cat_number)
        values (@AbsenceId, @PatientId, @CompanyId, @StartsOn, @EndsOn, @Cid, @Chapter, @WorkAccident, @CatNumber)
        on conflict (absence_id) do update
        set patient_id = excluded.patient_id,
            company_id = excluded.company_id,
            starts_on = excluded.starts_on,
            ends_on = excluded.ends_on,
            cid = excluded.cid,
            chapter = excluded.chapter,
            work_accident = excluded.work_accident,
            cat_number = excluded.cat_number
        """;

    private const string Delete = """
        delete from absences
        where absence_id = @AbsenceId
        """;
}
