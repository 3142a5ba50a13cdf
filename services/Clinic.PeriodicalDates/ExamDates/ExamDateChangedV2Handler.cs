using Clinic.Contracts.PeriodicalDates;
using Strangler.Messaging;

namespace Clinic.PeriodicalDates.ExamDates;

/// <summary>Version 2 carries the due date itself.</summary>
internal sealed class ExamDateChangedV2Handler : IMessageHandler<ExamDateChangedV2>
{
    public Task HandleAsync(ExamDateChangedV2 message, MessageContext context, CancellationToken cancellation) =>
        new UpdatePeriodicalDates(new PeriodicalExamStore(context))
            .ExecuteAsync(message.PatientId, message.LastExamDate, message.ExpirationDays, message.DueOn, cancellation);
}
