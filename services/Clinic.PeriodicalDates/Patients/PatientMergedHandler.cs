using Clinic.Contracts.Patients;
using Strangler.Messaging;

namespace Clinic.PeriodicalDates.Patients;

/// <summary>A merged patient is off the list; the surviving one has an exam date of its own.</summary>
internal sealed class PatientMergedHandler : IMessageHandler<PatientMerged>
{
    public async Task HandleAsync(PatientMerged message, MessageContext context, CancellationToken cancellation)
    {
        var patients = new PatientStore(context);
        foreach (var mergedId in message.MergedIds) await patients.RemoveAsync(mergedId, cancellation);
    }
}
