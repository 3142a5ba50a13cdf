using Clinic.AntiCorruption.Translators;
using Clinic.Contracts.PeriodicalDates;
using Strangler.AntiCorruption;

namespace Clinic.AntiCorruption.Tests.Translators;

public sealed class PeriodicalDateTranslatorTests
{
    private const string Refusal = "quarantined X10.no-last-exam: dias_venc is a number of days but dt_ult_exame is empty or no date";
    private const string Withdrawn = """clinic.periodical.exam-date-withdrawn.v1 periodical/42 {"patient_id":42}""";

    private static readonly PeriodicalDateTranslator Translator = new();

    private static readonly Dictionary<string, string?> Row = new()
    {
        ["id"] = "42", ["nome"] = "MARIA", ["status"] = "A", ["data_nasc"] = "29/02/1980", ["dt_ult_exame"] = "25/07/2015", ["dias_venc"] = "30",
        ["excluido"] = "N",
    };

    private const string BothVersions =
        """
        clinic.periodical.exam-date-changed.v1 periodical/42 {"patient_id":42,"last_exam_date":"2015-07-25","expiration_days":30}
        clinic.periodical.exam-date-changed.v2 periodical/42 {"patient_id":42,"last_exam_date":"2015-07-25","expiration_days":30,"as_of":"2016-06-24","due_on":"2016-07-24"}
        """;

    [Fact]
    public void Exam_date_is_told_in_both_versions_as_of_the_clinic_s_day_of_the_commit() => Assert.Equal(BothVersions, Translator.Insert(Row));

    [Theory]
    [InlineData("-5", "2016-06-19")]
    [InlineData("0", "2016-06-24")]
    [InlineData("248", "2017-02-27")]
    public void Due_day_counts_from_the_day_of_the_commit(string days, string dueOn) =>
        Assert.EndsWith($"\"due_on\":\"{dueOn}\"}}", Translator.Insert(Row.With(("dias_venc", days))), StringComparison.Ordinal);

    [Theory]
    [InlineData("2147483647")]
    [InlineData("-2147483648")]
    public void Due_day_beyond_the_calendar_is_unknown_and_the_days_stay(string days) =>
        Assert.Equal(
            $$"""
            clinic.periodical.exam-date-changed.v1 periodical/42 {"patient_id":42,"last_exam_date":"2015-07-25","expiration_days":{{days}}} !due_on.beyond-calendar
            clinic.periodical.exam-date-changed.v2 periodical/42 {"patient_id":42,"last_exam_date":"2015-07-25","expiration_days":{{days}},"as_of":"2016-06-24","due_on":null} !due_on.beyond-calendar
            """,
            Translator.Insert(Row.With(("dias_venc", days))));

    [Theory]
    [InlineData("30.0")]
    [InlineData("30 dias")]
    [InlineData("VENCIDO")]
    [InlineData("N/A")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("2147483648")]
    public void X10_what_is_no_integer_gives_no_message_and_takes_back_what_was_said(string? days)
    {
        var without = Row.With(("dias_venc", days));

        Assert.Equal("skipped no-due-days", Translator.Insert(without));
        Assert.Equal("skipped no-due-days", Translator.Update(without, without.With(("dt_ult_exame", null))));
        Assert.Equal("skipped no-due-days", Translator.Delete(without));
        Assert.Equal(Withdrawn, Translator.Update(Row, without));
        Assert.Equal(Withdrawn, Translator.Update(null, without));
        Assert.Equal(BothVersions, Translator.Update(without, Row));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("31/02/2015")]
    [InlineData("01/01/1900")]
    public void X10_days_without_a_last_exam_wait_and_consumers_stop_showing_them(string? lastExam)
    {
        var broken = Row.With(("dt_ult_exame", lastExam));

        Assert.Equal(Refusal, Translator.Insert(broken));
        Assert.Equal($"{Refusal}\n{Withdrawn}", Translator.Update(Row, broken));
        Assert.Equal($"{Refusal}\n{Withdrawn}", Translator.Update(broken, broken));
        Assert.Equal(Withdrawn, Translator.Update(broken, broken.With(("dias_venc", null))));
        Assert.Equal(BothVersions, Translator.Update(broken, Row));
    }

    [Fact]
    public void X10_a_missing_column_is_a_fault_and_not_an_empty_one()
    {
        var cut = new Dictionary<string, string?>(Row);
        cut.Remove("dias_venc");

        Assert.Equal("dias_venc", Assert.Throws<SourceColumnException>(() => Translator.Insert(cut)).Column);
    }

    [Theory]
    [InlineData("nome", "ANA")]
    [InlineData("status", "I")]
    [InlineData("excluido", "S")]
    [InlineData("dt_ult_exame", "2015-07-25 10:00")]
    [InlineData("dias_venc", "030")]
    public void Row_that_tells_the_same_dates_is_skipped(string column, string value) =>
        Assert.Equal("skipped no-message-carries-it", Translator.Update(Row, Row.With((column, value))));

    [Fact]
    public void Deleted_row_takes_its_dates_back() => Assert.Equal(Withdrawn, Translator.Delete(Row));

    [Fact]
    public void Exam_before_birth_is_told_with_a_warning() =>
        Assert.EndsWith(" !last_exam_date.before-birth", Translator.Insert(Row.With(("dt_ult_exame", "28/02/1980"))), StringComparison.Ordinal);

    [Fact]
    public void Late_translation_of_the_same_change_means_the_same_day()
    {
        var change = Translator.Inserted(Row);

        Assert.Equal(Rows.Show(Translator.Translate(change)), Rows.Show(Translator.Translate(change)));
        Assert.Equal(
            new DateOnly(2016, 7, 24),
            Assert.IsType<ExamDateChangedV2>(Assert.IsType<Translation.Published>(Translator.Translate(change)).Messages[1].Body).DueOn);
    }
}
