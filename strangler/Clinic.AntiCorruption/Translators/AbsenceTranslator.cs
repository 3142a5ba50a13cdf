using System.Globalization;
using Clinic.AntiCorruption.Readings;
using Clinic.Contracts.Absences;
using Strangler.AntiCorruption;

namespace Clinic.AntiCorruption.Translators;

/// <summary>
/// Rows of site_absenteismo as absences. The row carries copies of everything that the message needs (cid_txt, crm_txt, emissor_txt), so one row is
/// enough. A row that is refused here is counted on no legacy screen either.
/// </summary>
internal sealed class AbsenceTranslator : RowTranslator<AbsenceState>
{
    public override string Name => "absence";

    public override string Table => "site_absenteismo";

    public override IReadOnlyList<string> Types => [AbsenceRecorded.Type, AbsenceCorrected.Type, AbsenceWithdrawn.Type];

    // A certificate of a few hours is filed in the same table; it is no absence and nothing is wrong with it.
    protected override string NothingToTell => "hours-not-days";

    protected override Reading<AbsenceState> Read(SourceRow row, DateTimeOffset at)
    {
        if (AbsencePeriod.IsInHours(row.Text("dias_txt"))) return Reading<AbsenceState>.Missing();

        var cells = new RowCells(row);
        if (cells.Reference("paciente_id", "patient_id") is not { } patient)
        {
            return Reading<AbsenceState>.Refused("X21.no-patient", "paciente_id is empty or no number");
        }

        var period = AbsencePeriod.Read(new(row.Text("inicio"), row.Text("fim"), row.Text("dias")));
        if (period.Refusal is { } refusal) return Reading<AbsenceState>.Refused(refusal.Rule, refusal.Reason);
        cells.Note(period.Warnings);

        var icd = cells.Note("cid", IcdReading.Read(row.Text("cid_txt")));
        var accident = cells.Note("work_accident", WorkAccidentReading.Read(row.Text("cat")));
        var certificate = cells.Note("certificate", CertificateReading.Read(row.Text("crm_txt"), row.Text("emissor_txt")));

        var state = new AbsenceState
        {
            AbsenceId = Id(row),
            PatientId = patient,
            CompanyId = cells.Reference("empresa_id", "company_id"),
            StartsOn = period.Value.StartsOn,
            EndsOn = period.Value.EndsOn,
            Days = period.Value.Days,
            Cid = icd.IsKnown ? icd.Value.Code : null,
            Chapter = icd.IsKnown ? icd.Value.Chapter : null,
            WorkAccident = accident.IsKnown ? accident.Value.Happened : null,
            CatNumber = accident.IsKnown ? accident.Value.CatNumber : null,
            Certificate = certificate.IsKnown ? certificate.Value : null,
        };

        return Reading<AbsenceState>.Known(state, cells.Warnings);
    }

    protected override bool Same(AbsenceState was, AbsenceState now) => was == now;

    protected override IEnumerable<DomainMessage> Tell(AbsenceState? was, Reading<AbsenceState> now, long id, DateTimeOffset at)
    {
        yield return was is null
            ? new(AbsenceRecorded.Type, Key(id), new AbsenceRecorded(now.Value), now.Warnings)
            : new(AbsenceCorrected.Type, Key(id), new AbsenceCorrected(now.Value), now.Warnings);
    }

    protected override DomainMessage TakeBack(long id, DateTimeOffset? deletedAt) => new(AbsenceWithdrawn.Type, Key(id), new AbsenceWithdrawn(id), []);

    private static string Key(long id) => string.Create(CultureInfo.InvariantCulture, $"absence/{id}");
}
