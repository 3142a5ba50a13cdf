using System.Globalization;
using Clinic.AntiCorruption.Readings;
using Clinic.Contracts.Patients;
using Strangler.AntiCorruption;

namespace Clinic.AntiCorruption.Translators;

/// <summary>
/// Rows of site_paciente as patients. One row is one person with one employer. The same table also carries the last periodical exam, which is
/// another fact with another key: see <see cref="PeriodicalDateTranslator"/>. Columns that no message carries (rg, pis, tel, email, obs, the queue's
/// presente, disponivel and chegou, …) may change without a word.
/// </summary>
internal sealed class PatientTranslator : RowTranslator<PatientFact>
{
    public override string Name => "patient";

    public override string Table => "site_paciente";

    public override IReadOnlyList<string> Types => [PatientRegistered.Type, PatientUpdated.Type, PatientMerged.Type, PatientRemoved.Type];

    // Every row of site_paciente is a patient, on file or off.
    protected override string NothingToTell => "not-a-patient";

    protected override Reading<PatientFact> Read(SourceRow row, DateTimeOffset at)
    {
        var cells = new RowCells(row);
        var id = Id(row);

        // A row that is off file is told without a look at the rest: it may be as broken as it likes.
        var removal = SoftDelete.Read(
            new(row.Text("excluido"), row.Text("dt_excl"), row.Text("unificado_em"), row.Text("nome"), row.Text("status")), id);
        cells.Note(removal.Warnings);
        if (removal.Removal is { } off) return Reading<PatientFact>.Known(new PatientFact.OffFile(off), cells.Warnings);

        var status = StatusReading.Read(row.Text("status"));
        if (status.Refusal is { } noStatus) return Reading<PatientFact>.Refused(noStatus.Rule, noStatus.Reason);

        var name = cells.Note("name", NameReading.ReadPerson(row.Text("nome")));
        if (name.Refusal is { } noName) return Reading<PatientFact>.Refused(noName.Rule, noName.Reason);

        var birth = cells.Note("birth_date", DateReading.ReadBirth(row.Text("data_nasc"), BranchZone.ClinicDay(at)));
        var cpf = cells.Note("cpf", CpfReading.Read(row.Text("cpf"))).Value;
        var sex = cells.Note("sex", SexReading.Read(row.Text("sexo"), id));
        var birthDate = birth.IsKnown ? birth.Value : default(DateOnly?);

        var state = new PatientState
        {
            PatientId = id,
            PersonKey = PersonKey.Of(cpf.Status == CpfStatus.Valid ? cpf.Digits : null, name.Value, birthDate, id),
            Name = name.Value,
            BirthDate = birthDate,
            Sex = sex.IsKnown ? sex.Value : Sex.Unknown,
            Cpf = cpf.Digits,
            CpfStatus = cpf.Status,
            CompanyRef = Company(cells),
            JobRole = cells.Reference("funcao_id", "job_role") is { } role ? new(role) : null,
            Sectors = Sectors(cells),
            Active = status.Value == PatientStatus.Active,
        };

        return Reading<PatientFact>.Known(new PatientFact.OnFile(state), cells.Warnings);
    }

    protected override bool Same(PatientFact was, PatientFact now) => was.IsSameAs(now);

    protected override IEnumerable<DomainMessage> Tell(PatientFact? was, Reading<PatientFact> now, long id, DateTimeOffset at)
    {
        yield return (was, now.Value) switch
        {
            (PatientFact.OnFile, PatientFact.OnFile { State: var state }) => Message(PatientUpdated.Type, new PatientUpdated(state)),
            (_, PatientFact.OnFile { State: var state }) => Message(PatientRegistered.Type, new PatientRegistered(state)),

            // unificado_em: the row was a second copy of somebody; history moves, the row stays for the old screens that still link to it.
            (_, PatientFact.OffFile { Removal.SurvivingId: { } survivor }) => Message(PatientMerged.Type, new PatientMerged(survivor, [id])),
            (_, PatientFact.OffFile { Removal: var off }) => Message(PatientRemoved.Type, new PatientRemoved(id, off.At, off.Reason!)),
            _ => throw new InvalidOperationException($"A patient is on file or off; this one is {now}."),
        };

        DomainMessage Message(string type, object body) => new(type, Key(id), body, now.Warnings);
    }

    protected override DomainMessage TakeBack(long id, DateTimeOffset? deletedAt)
    {
        var body = deletedAt is { } at
            ? new PatientRemoved(id, BranchZone.ClinicDay(at), RemovalReason.Deleted)
            : new PatientRemoved(id, null, RemovalReason.Unreadable);

        return new(PatientRemoved.Type, Key(id), body, []);
    }

    private static string Key(long id) => string.Create(CultureInfo.InvariantCulture, $"patient/{id}");

    // empresa_nome is a copy that nobody refreshes when a company is renamed. Rows from before the company table have the copy alone.
    private static CompanyRef? Company(RowCells cells)
    {
        var id = cells.Reference("empresa_id", "company_ref");
        var name = cells.Note("company_ref.name", NameReading.Read(cells.Text("empresa_nome")));

        return id is null && !name.IsKnown ? null : new(id, name.IsKnown ? name.Value : null);
    }

    // setor_txt is the main sector in words; setor_adicional the ids of others with a bar after each ("3|17|"), searched with LIKE.
    private static List<SectorRef> Sectors(RowCells cells)
    {
        var sectors = new List<SectorRef>();
        var main = cells.Note("sectors", NameReading.Read(cells.Text("setor_txt")));
        if (main.IsKnown) sectors.Add(new(null, main.Value));

        var others = (cells.Text("setor_adicional") ?? "").Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var other in others.Distinct(StringComparer.Ordinal))
        {
            if (long.TryParse(other, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) sectors.Add(new(id, null));
            else cells.Note(["sectors.unreadable"]);
        }

        return sectors;
    }
}
