using Clinic.Contracts.Patients;
using Strangler.Messaging;

namespace Clinic.PeriodicalDates.Patients;

/// <summary>Registered and updated carry the whole patient, so they have one effect.</summary>
internal sealed class PatientOnFileHandler : IMessageHandler<PatientRegistered>, IMessageHandler<PatientUpdated>
{
    public Task HandleAsync(PatientRegistered message, MessageContext context, CancellationToken cancellation) =>
        new PatientStore(context).SaveAsync(Patient.From(message), cancellation);

    public Task HandleAsync(PatientUpdated message, MessageContext context, CancellationToken cancellation) =>
        new PatientStore(context).SaveAsync(Patient.From(message), cancellation);
}
