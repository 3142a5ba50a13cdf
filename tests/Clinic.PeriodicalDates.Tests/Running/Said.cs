using System.Text.Json;
using Clinic.Contracts.Patients;
using Clinic.Contracts.PeriodicalDates;
using Strangler.Messaging;

namespace Clinic.PeriodicalDates.Tests.Running;

/// <summary>Messages as the anti-corruption layer sends them. The position is their place in the order of their key.</summary>
internal static class Said
{
    public static readonly DateTimeOffset Noon = new(2024, 3, 10, 15, 0, 0, TimeSpan.Zero);

    public static Envelope Registered(long patientId, string name, ulong position, string? company = "Padaria São José", long? companyId = 7, bool active = true) =>
        Of(PatientRegistered.Type, $"patient/{patientId}", new PatientRegistered(State(patientId, name, company, companyId, active)), position);

    public static Envelope Updated(long patientId, string name, ulong position, bool active = true) =>
        Of(PatientUpdated.Type, $"patient/{patientId}", new PatientUpdated(State(patientId, name, "Padaria São José", 7, active)), position);

    public static Envelope Merged(long survivingId, long mergedId, ulong position) =>
        Of(PatientMerged.Type, $"patient/{mergedId}", new PatientMerged(survivingId, [mergedId]), position);

    public static Envelope Removed(long patientId, ulong position) =>
        Of(PatientRemoved.Type, $"patient/{patientId}", new PatientRemoved(patientId, null, RemovalReason.Flagged), position);

    public static Envelope ChangedV1(long patientId, DateOnly lastExam, int days, ulong position, DateTimeOffset? happened = null) =>
        Of(ExamDateChangedV1.Type, $"periodical/{patientId}", new ExamDateChangedV1(patientId, lastExam, days), position, happened);

    public static Envelope ChangedV2(long patientId, DateOnly lastExam, int days, DateOnly asOf, ulong position) =>
        Of(ExamDateChangedV2.Type, $"periodical/{patientId}", new ExamDateChangedV2(patientId, lastExam, days, asOf, asOf.AddDays(days)), position);

    public static Envelope Withdrawn(long patientId, ulong position) =>
        Of(ExamDateWithdrawn.Type, $"periodical/{patientId}", new ExamDateWithdrawn(patientId), position);

    /// <summary>An active patient with an exam, both said.</summary>
    public static Envelope[] Listed(long patientId, string name, int days, string? company = "Padaria São José", long? companyId = 7) =>
    [
        Registered(patientId, name, 1, company, companyId),
        ChangedV1(patientId, new(2015, 7, 25), days, 1),
    ];

    private static PatientState State(long patientId, string name, string? company, long? companyId, bool active) => new()
    {
        PatientId = patientId,
        PersonKey = $"person-{patientId}",
        Name = name,
        BirthDate = null,
        Sex = Sex.Unknown,
        Cpf = null,
        CpfStatus = CpfStatus.Missing,
        CompanyRef = company is null && companyId is null ? null : new(companyId, company),
        JobRole = null,
        Sectors = [],
        Active = active,
    };

    private static Envelope Of(string type, string key, object body, ulong position, DateTimeOffset? happened = null) => new(
        $"{type}/{key}/{position}",
        "urn:clinic:legacy",
        type,
        key,
        new MessageVersion(position, 0),
        happened ?? Noon,
        JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), MessageJson.Options));
}
