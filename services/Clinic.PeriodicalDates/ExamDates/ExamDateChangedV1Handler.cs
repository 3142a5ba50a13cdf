using Clinic.Contracts.PeriodicalDates;
using Strangler.Messaging;

namespace Clinic.PeriodicalDates.ExamDates;

/// <summary>Version 1 does not say as of which day its days count: it is the day it happened, in the clinic's zone.</summary>
internal sealed class ExamDateChangedV1Handler : IMessageHandler<ExamDateChangedV1>
{
    private static readonly TimeZoneInfo ClinicZone = TimeZoneInfo.FindSystemTimeZoneById("America/Sao_Paulo");

    public Task HandleAsync(ExamDateChangedV1 message, MessageContext context, CancellationToken cancellation)
    {
        var asOf = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(context.Envelope.Time, ClinicZone).DateTime);
        var dueOn = PeriodicalExam.DueAfter(asOf, message.ExpirationDays);
        return new UpdatePeriodicalDates(new PeriodicalExamStore(context))
            .ExecuteAsync(message.PatientId, message.LastExamDate, message.ExpirationDays, dueOn, cancellation);
    }
}
