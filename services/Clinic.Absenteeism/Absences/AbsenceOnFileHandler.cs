using Clinic.Contracts.Absences;
using Strangler.Messaging;

namespace Clinic.Absenteeism.Absences;

/// <summary>Recorded and corrected carry the whole absence, so they have one effect.</summary>
internal sealed class AbsenceOnFileHandler : IMessageHandler<AbsenceRecorded>, IMessageHandler<AbsenceCorrected>
{
    public Task HandleAsync(AbsenceRecorded message, MessageContext context, CancellationToken cancellation) =>
        new AbsenceStore(context).SaveAsync(Absence.From(message), cancellation);

    public Task HandleAsync(AbsenceCorrected message, MessageContext context, CancellationToken cancellation) =>
        new AbsenceStore(context).SaveAsync(Absence.From(message), cancellation);
}
