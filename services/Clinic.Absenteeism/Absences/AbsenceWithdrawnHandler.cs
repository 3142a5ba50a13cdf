using Clinic.Contracts.Absences;
using Strangler.Messaging;

namespace Clinic.Absenteeism.Absences;

internal sealed class AbsenceWithdrawnHandler : IMessageHandler<AbsenceWithdrawn>
{
    public Task HandleAsync(AbsenceWithdrawn message, MessageContext context, CancellationToken cancellation) =>
        new AbsenceStore(context).RemoveAsync(message.AbsenceId, cancellation);
}
