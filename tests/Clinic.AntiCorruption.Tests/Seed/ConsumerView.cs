using System.Text.Json;
using Clinic.Contracts.Absences;
using Clinic.Contracts.Patients;
using Clinic.Contracts.PeriodicalDates;
using Strangler.AntiCorruption;
using Strangler.Messaging;

namespace Clinic.AntiCorruption.Tests.Seed;

/// <summary>What a consumer that applies every message in order, as read from its bytes, holds: the least that any service of the clinic must do.</summary>
internal sealed class ConsumerView
{
    public Dictionary<long, PatientState> Patients { get; } = [];

    public Dictionary<long, ExamDateChangedV2> ExamDates { get; } = [];

    public Dictionary<long, AbsenceState> Absences { get; } = [];

    public void Apply(Translation translation)
    {
        var messages = translation switch
        {
            Translation.Published published => published.Messages,
            Translation.Quarantined refused => refused.Meanwhile,
            _ => [],
        };

        foreach (var message in messages) Apply(OverTheWire(message.Body));
    }

    private void Apply(object body)
    {
        switch (body)
        {
            case PatientState patient:
                Patients[patient.PatientId] = patient;
                break;
            case PatientRemoved removed:
                Patients.Remove(removed.PatientId);
                break;
            case PatientMerged merged:
                foreach (var id in merged.MergedIds) Patients.Remove(id);
                break;
            case ExamDateChangedV1:
                break;
            case ExamDateChangedV2 changed:
                ExamDates[changed.PatientId] = changed;
                break;
            case ExamDateWithdrawn withdrawn:
                ExamDates.Remove(withdrawn.PatientId);
                break;
            case AbsenceState absence:
                Absences[absence.AbsenceId] = absence;
                break;
            case AbsenceWithdrawn withdrawn:
                Absences.Remove(withdrawn.AbsenceId);
                break;
            default:
                throw new InvalidOperationException($"No consumer knows {body.GetType().Name}.");
        }
    }

    private static object OverTheWire(object body) =>
        JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), MessageJson.Options), body.GetType(), MessageJson.Options)!;
}
