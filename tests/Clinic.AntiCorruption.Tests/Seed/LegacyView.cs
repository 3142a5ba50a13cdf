using Clinic.Contracts.Absences;
using Clinic.Legacy;

namespace Clinic.AntiCorruption.Tests.Seed;

/// <summary>One line of a screen, as the legacy writes it by its own code and as a service can write it from messages. Equal lines mean equal pages.</summary>
internal static class LegacyView
{
    public static string? PeriodicalLine(Paciente patient) => !patient.TemPeriodico()
        ? null
        : $"{patient.id}|{patient.GetNome()}|{patient.empresa_id}|{patient.GetEmpresa()}|{patient.GetDataUltimoExame():yyyy-MM-dd}|{patient.GetDiasVencimento()}";

    public static string? PeriodicalLine(ConsumerView view, long id) =>
        view.Patients.GetValueOrDefault(id) is { Active: true } patient && view.ExamDates.GetValueOrDefault(id) is { } exam
            ? $"{id}|{patient.Name.ToUpperInvariant()}|{patient.CompanyRef?.CompanyId}|{(patient.CompanyRef?.Name ?? "-").ToUpperInvariant()}|{exam.LastExamDate:yyyy-MM-dd}|{exam.ExpirationDays}"
            : null;

    public static string? AbsenceLine(Absenteismo absence) => !absence.Ler()
        ? null
        : $"{absence.id}|{absence.paciente_id}|{absence.empresa_id}|{absence.Comeco:yyyy-MM-dd}|{absence.Termino:yyyy-MM-dd}|{absence.Dias}|{absence.GetCid()}|{Chapter(absence)}|{absence.GetAcidente()}|{absence.GetNumeroCat()}";

    public static string? AbsenceLine(ConsumerView view, long id) => view.Absences.GetValueOrDefault(id) is not { } absence
        ? null
        : $"{id}|{absence.PatientId}|{absence.CompanyId}|{absence.StartsOn:yyyy-MM-dd}|{absence.EndsOn:yyyy-MM-dd}|{absence.Days}|{absence.Cid}|{Chapter(absence)}|{absence.WorkAccident}|{absence.CatNumber}";

    private static string Chapter(Absenteismo absence) => absence.GetCapitulo() is > 0 and var number ? Cid10.Capitulos[number - 1].romano : "Outros";

    private static string Chapter(AbsenceState absence) => absence.Chapter is null or AbsenceState.OtherChapter ? "Outros" : absence.Chapter;
}
