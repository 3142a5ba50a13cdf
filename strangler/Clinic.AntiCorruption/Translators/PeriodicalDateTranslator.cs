using System.Globalization;
using Clinic.AntiCorruption.Readings;
using Clinic.Contracts.PeriodicalDates;
using Strangler.AntiCorruption;

namespace Clinic.AntiCorruption.Translators;

/// <summary>The last periodical exam of a patient and the days left until the next, as a row of site_paciente tells them.</summary>
internal sealed record ExamDate(DateOnly LastExam, int ExpirationDays);

/// <summary>
/// The exam columns of site_paciente, whether the patient is on file or not: whoever shows them asks the patient's own messages for that.
/// dias_venc is text that a nightly job rewrites; only a strict integer is a number of days (X10), and the legacy list shows no other row.
/// </summary>
internal sealed class PeriodicalDateTranslator : RowTranslator<ExamDate>
{
    public override string Name => "periodical-date";

    public override string Table => "site_paciente";

    public override IReadOnlyList<string> Types => [ExamDateChangedV1.Type, ExamDateChangedV2.Type, ExamDateWithdrawn.Type];

    protected override string NothingToTell => "no-due-days";

    protected override Reading<ExamDate> Read(SourceRow row, DateTimeOffset at)
    {
        var days = StrictInteger.Read(row.Text("dias_venc"));
        if (!days.IsKnown) return Reading<ExamDate>.Missing();

        var cells = new RowCells(row);
        var birth = DateReading.ReadBirth(row.Text("data_nasc"), BranchZone.ClinicDay(at));
        var exam = cells.Note("last_exam_date", DateReading.ReadExam(row.Text("dt_ult_exame"), birth));

        // Somebody computed days from an exam that is not written down: neither the days nor their lack can be trusted.
        return exam.IsKnown
            ? Reading<ExamDate>.Known(new(exam.Value, days.Value), cells.Warnings)
            : Reading<ExamDate>.Refused("X10.no-last-exam", "dias_venc is a number of days but dt_ult_exame is empty or no date");
    }

    protected override bool Same(ExamDate was, ExamDate now) => was == now;

    protected override IEnumerable<DomainMessage> Tell(ExamDate? was, Reading<ExamDate> now, long id, DateTimeOffset at)
    {
        var (lastExam, days) = now.Value;
        var asOf = BranchZone.ClinicDay(at);
        var dueOn = Due(asOf, days);
        var warnings = dueOn is null ? [.. now.Warnings, "due_on.beyond-calendar"] : now.Warnings;

        // Both versions, as long as anybody listens to the first: its days are worth nothing without the envelope's time.
        yield return new(ExamDateChangedV1.Type, Key(id), new ExamDateChangedV1(id, lastExam, days), warnings);
        yield return new(ExamDateChangedV2.Type, Key(id), new ExamDateChangedV2(id, lastExam, days, asOf, dueOn), warnings);
    }

    protected override DomainMessage TakeBack(long id, DateTimeOffset? deletedAt) => new(ExamDateWithdrawn.Type, Key(id), new ExamDateWithdrawn(id), []);

    private static DateOnly? Due(DateOnly asOf, int days)
    {
        var number = (long)asOf.DayNumber + days;
        return number >= DateOnly.MinValue.DayNumber && number <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber((int)number) : null;
    }

    private static string Key(long id) => string.Create(CultureInfo.InvariantCulture, $"periodical/{id}");
}
