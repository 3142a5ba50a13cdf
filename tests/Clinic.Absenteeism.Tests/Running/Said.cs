using System.Text.Json;
using Clinic.Contracts.Absences;
using Strangler.Messaging;

namespace Clinic.Absenteeism.Tests.Running;

/// <summary>Messages as the anti-corruption layer sends them. The position is their place in the order of their key.</summary>
internal static class Said
{
    public static Envelope Recorded(long absenceId, string startsOn, int days, ulong position = 1, Func<AbsenceState, AbsenceState>? but = null) =>
        Of(AbsenceRecorded.Type, absenceId, new AbsenceRecorded(Absence(absenceId, startsOn, days, but)), position);

    public static Envelope Corrected(long absenceId, string startsOn, int days, ulong position, Func<AbsenceState, AbsenceState>? but = null) =>
        Of(AbsenceCorrected.Type, absenceId, new AbsenceCorrected(Absence(absenceId, startsOn, days, but)), position);

    public static Envelope Withdrawn(long absenceId, ulong position) =>
        Of(AbsenceWithdrawn.Type, absenceId, new AbsenceWithdrawn(absenceId), position);

    private static AbsenceState Absence(long absenceId, string startsOn, int days, Func<AbsenceState, AbsenceState>? but)
    {
        var first = Days.Of(startsOn);
        var usual = new AbsenceState
        {
            AbsenceId = absenceId,
            PatientId = 1,
            CompanyId = 7,
            StartsOn = first,
            EndsOn = first.AddDays(days - 1),
            Days = days,
            Cid = "M54.5",
            Chapter = "XIII",
            WorkAccident = null,
            CatNumber = null,
            Certificate = new("123456", "RJ", "UPA"),
        };
        return but is null ? usual : but(usual);
    }

    private static Envelope Of(string type, long absenceId, object body, ulong position) => new(
        $"{type}/{absenceId}/{position}",
        "urn:clinic:legacy",
        type,
        $"absence/{absenceId}",
        new MessageVersion(position, 0),
        new DateTimeOffset(2024, 3, 10, 15, 0, 0, TimeSpan.Zero),
        JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), MessageJson.Options));
}

internal static class Days
{
    public static DateOnly Of(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
