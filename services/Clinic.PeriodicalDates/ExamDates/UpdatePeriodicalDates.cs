namespace Clinic.PeriodicalDates.ExamDates;

/// <summary>A patient's last exam, or the time until the next one, changed: the patient's one row says so from now on.</summary>
internal sealed class UpdatePeriodicalDates(PeriodicalExamStore exams)
{
    /// <param name="patientId">Who.</param>
    /// <param name="lastExamDate">Day of the last periodical exam.</param>
    /// <param name="expirationDays">Days until the next one, as of the day the report was true.</param>
    /// <param name="dueOn">The day those days lead to; null when it is beyond the calendar. Never counted from today: a report may arrive weeks late.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task ExecuteAsync(long patientId, DateOnly lastExamDate, int expirationDays, DateOnly? dueOn, CancellationToken cancellation) =>
        exams.SaveAsync(new PeriodicalExam(patientId, lastExamDate, expirationDays, dueOn), cancellation);
}
