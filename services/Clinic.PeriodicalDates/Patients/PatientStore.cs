using Dapper;
using Strangler.Messaging;

namespace Clinic.PeriodicalDates.Patients;

/// <summary>Writes the patients on file, in the transaction of the message that caused it.</summary>
internal sealed class PatientStore(MessageContext context)
{
    public Task SaveAsync(Patient patient, CancellationToken cancellation) => ExecuteAsync(Upsert, patient, cancellation);

    public Task RemoveAsync(long patientId, CancellationToken cancellation) =>
        ExecuteAsync(Delete, new { PatientId = patientId }, cancellation);

    private Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancellation) =>
        context.Connection.ExecuteAsync(new CommandDefinition(sql, parameters, context.Transaction, cancellationToken: cancellation));

    private const string Upsert = """
        insert into patients (patient_id, name, sort_name, company_id, company_name, active)
        values (@PatientId, @Name, @SortName, @CompanyId, @CompanyName, @Active)
        on conflict (patient_id) do update
        set name = excluded.name,
            sort_name = excluded.sort_name,
            company_id = excluded.company_id,
            company_name = excluded.company_name,
            active = excluded.active
        """;

    private const string Delete = """
        delete from patients
        where patient_id = @PatientId
        """;
}
