using Clinic.AntiCorruption.Translators;

namespace Clinic.AntiCorruption.Tests.Translators;

public sealed class AbsenceTranslatorTests
{
    private const string Withdrawn = """clinic.absence.withdrawn.v1 absence/9 {"absence_id":9}""";

    private static readonly AbsenceTranslator Translator = new();

    private static readonly Dictionary<string, string?> Row = new()
    {
        ["id"] = "9", ["paciente_id"] = "42", ["empresa_id"] = "7", ["inicio"] = "25/07/2015", ["fim"] = "27/07/2015", ["dias"] = "3", ["dias_txt"] = "3 DIAS",
        ["cat"] = "2015123456", ["cid_txt"] = "m545", ["crm_txt"] = "CRM/RJ 123456", ["emissor_txt"] = "UPA TIJUCA",
    };

    private const string Json =
        """{"absence_id":9,"patient_id":42,"company_id":7,"starts_on":"2015-07-25","ends_on":"2015-07-27","days":3,"cid":"M54.5","chapter":"XIII","work_accident":true,"cat_number":"2015123456","certificate":{"crm":"123456","uf":"RJ","issuer":"UPA TIJUCA"}}""";

    private const string Recorded = $"clinic.absence.recorded.v1 absence/9 {Json}";
    private const string Corrected = $"clinic.absence.corrected.v1 absence/9 {Json}";

    [Fact]
    public void New_row_records_an_absence() => Assert.Equal(Recorded, Translator.Insert(Row));

    [Fact]
    public void Changed_row_corrects_it_with_everything_known_of_it() => Assert.Equal(Corrected, Translator.Update(Row.With(("cid_txt", "M54")), Row));

    [Fact]
    public void Update_whose_old_row_is_not_known_records_it_again() => Assert.Equal(Recorded, Translator.Update(null, Row));

    [Theory]
    [InlineData("dias_txt", "3")]
    [InlineData("cid_txt", "M54.5 LOMBALGIA")]
    [InlineData("inicio", "2015-07-25")]
    public void Change_that_no_message_carries_is_skipped(string column, string value) =>
        Assert.Equal("skipped no-message-carries-it", Translator.Update(Row, Row.With((column, value))));

    [Fact]
    public void Deleted_row_withdraws_it() => Assert.Equal(Withdrawn, Translator.Delete(Row));

    [Fact]
    public void Row_that_was_found_gone_withdraws_it_by_its_key_alone() =>
        Assert.Equal(Withdrawn, Rows.Show(((Strangler.AntiCorruption.ITranslator)Translator).TakeBack(Translator.Deleted(new() { ["id"] = "9" }))));

    [Fact]
    public void Doubts_go_with_the_message_under_the_name_of_its_field() =>
        Assert.Equal(
            """clinic.absence.recorded.v1 absence/9 {"absence_id":9,"patient_id":42,"company_id":null,"starts_on":"2015-07-25","ends_on":"2015-07-29","days":5,"cid":null,"chapter":"other","work_accident":true,"cat_number":null,"certificate":null} !days.differ-from-dates !cid.words-only !work_accident.no-number !certificate.crm.unreadable""",
            Translator.Insert(Row.With(
                ("empresa_id", null), ("fim", "29/07/2015"), ("cid_txt", "DOR LOMBAR"), ("cat", "S"), ("crm_txt", "ilegivel"), ("emissor_txt", null))));

    [Fact]
    public void X16_overlapping_certificates_are_told_as_they_are_for_whoever_counts_days()
    {
        var overlapping = Row.With(("id", "10"), ("inicio", "26/07/2015"), ("fim", "28/07/2015"));

        Assert.Contains("\"starts_on\":\"2015-07-26\",\"ends_on\":\"2015-07-28\",\"days\":3", Translator.Insert(overlapping), StringComparison.Ordinal);
    }

    [Fact]
    public void X16_a_certificate_of_hours_is_skipped_and_a_correction_into_one_withdraws()
    {
        var hours = Row.With(("dias_txt", "4 HORAS"));

        Assert.Equal("skipped hours-not-days", Translator.Insert(hours));
        Assert.Equal("skipped hours-not-days", Translator.Delete(hours));
        Assert.Equal(Withdrawn, Translator.Update(Row, hours));
        Assert.Equal(Recorded, Translator.Update(hours, Row));
    }

    public static TheoryData<string, string?, string> Refusals() => new()
    {
        { "fim", "24/07/2015", "quarantined X16.end-before-start: fim is before inicio" },
        { "fim", "24/07/2019", "quarantined X16.days-out-of-range: 1461 days from inicio, fim and dias; an absence has 1 to 999" },
        { "inicio", "31/02/2015", "quarantined X16.no-start: inicio is empty or no date" },
        { "inicio", null, "quarantined X16.no-start: inicio is empty or no date" },
        { "paciente_id", null, "quarantined X21.no-patient: paciente_id is empty or no number" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Row_that_legacy_does_not_count_waits_and_consumers_stop_counting_it(string column, string? value, string refusal)
    {
        var broken = Row.With((column, value));

        Assert.Equal(refusal, Translator.Insert(broken));
        Assert.Equal($"{refusal}\n{Withdrawn}", Translator.Update(Row, broken));
        Assert.Equal($"{refusal}\n{Withdrawn}", Translator.Update(broken, broken));
        Assert.Equal(Recorded, Translator.Update(broken, Row));
    }

    [Fact]
    public void X16_an_open_end_without_days_waits() =>
        Assert.Equal("quarantined X16.open-end: fim is no date and dias is no number", Translator.Insert(Row.With(("fim", null), ("dias", null))));
}
