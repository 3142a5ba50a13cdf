using Clinic.Contracts.PeriodicalDates;
using Strangler.Messaging;

namespace Clinic.PeriodicalDates.ExamDates;

internal sealed class ExamDateWithdrawnHandler : IMessageHandler<ExamDateWithdrawn>
{
    public Task HandleAsync(ExamDateWithdrawn message, MessageContext context, CancellationToken cancellation) =>
        new PeriodicalExamStore(context).RemoveAsync(message.PatientId, cancellation);
}
