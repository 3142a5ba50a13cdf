using Clinic.Contracts.Patients;
using Strangler.Messaging;

namespace Clinic.PeriodicalDates.Patients;

/// <summary>The exam stays: when the patient comes back on file, nobody will report it again.</summary>
internal sealed class PatientRemovedHandler : IMessageHandler<PatientRemoved>
{
    public Task HandleAsync(PatientRemoved message, MessageContext context, CancellationToken cancellation) =>
        new PatientStore(context).RemoveAsync(message.PatientId, cancellation);
}
