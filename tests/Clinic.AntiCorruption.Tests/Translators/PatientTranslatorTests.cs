using Clinic.AntiCorruption.Translators;

namespace Clinic.AntiCorruption.Tests.Translators;

public sealed class PatientTranslatorTests
{
    private static readonly PatientTranslator Translator = new();

    private static readonly Dictionary<string, string?> Maria = new()
    {
        ["id"] = "1042", ["nome"] = "MARIA DA CONCEI\u00C3\u0087\u00C3\u0083O", ["nome_busca"] = "MARIA DA CONCEICAO", ["cpf"] = "529.982.247-25",
        ["rg"] = null, ["pis"] = null, ["sexo"] = "F", ["data_nasc"] = "29/02/1980", ["empresa_id"] = "7", ["empresa_nome"] = "PADARIA S. JOS&Eacute;",
        ["funcao_id"] = "3", ["setor_txt"] = "FORNO ", ["setor_adicional"] = "3|17|17|", ["status"] = "A", ["presente"] = "N", ["disponivel"] = "N",
        ["chegou"] = null, ["presente_em"] = null, ["dt_ult_exame"] = "25/07/2015", ["dias_venc"] = "30", ["email"] = null, ["tel"] = null,
        ["obs"] = null, ["excluido"] = "N", ["dt_excl"] = null, ["unificado_em"] = null, ["cadastro"] = "01/02/2010 08:00",
    };

    private const string MariaJson =
        """{"patient_id":1042,"person_key":"e06fea53425d537c182b331eca1cf106","name":"Maria da Conceição","birth_date":"1980-02-29","sex":"female","cpf":"52998224725","cpf_status":"valid","company_ref":{"company_id":7,"name":"PADARIA S. JOSÉ"},"job_role":{"job_role_id":3},"sectors":[{"sector_id":null,"name":"FORNO"},{"sector_id":3,"name":null},{"sector_id":17,"name":null}],"active":true}""";

    private const string Repairs = " !name.encoding-repaired !company_ref.name.entities-decoded";
    private const string Registered = $"clinic.patient.registered.v1 patient/1042 {MariaJson}{Repairs}";
    private const string Updated = $"clinic.patient.updated.v1 patient/1042 {MariaJson}{Repairs}";
    private const string TakenBack = """clinic.patient.removed.v1 patient/1042 {"patient_id":1042,"removed_at":null,"reason":"unreadable"}""";

    [Fact]
    public void New_row_registers_a_patient() => Assert.Equal(Registered, Translator.Insert(Maria));

    [Fact]
    public void Changed_row_updates_the_patient_with_everything_known_of_it() =>
        Assert.Equal(Updated, Translator.Update(Maria.With(("sexo", "M")), Maria));

    [Fact]
    public void Row_of_which_almost_nothing_is_known_says_so_field_by_field()
    {
        var bare = Maria.With(
            ("cpf", "ISENTO"), ("sexo", "?"), ("data_nasc", "31/02/1980"), ("empresa_id", null), ("empresa_nome", null), ("funcao_id", null),
            ("setor_txt", null), ("setor_adicional", null), ("status", "DEMITIDO"), ("nome", "ANA"));

        Assert.Equal(
            """clinic.patient.registered.v1 patient/1042 {"patient_id":1042,"person_key":"dabffcf40be7b2fd2fb76240e862c132","name":"Ana","birth_date":null,"sex":"unknown","cpf":null,"cpf_status":"missing","company_ref":null,"job_role":null,"sectors":[],"active":false} !birth_date.impossible !sex.unknown-code""",
            Translator.Insert(bare));
    }

    [Fact]
    public void Company_known_by_its_copied_name_alone_has_no_identity() =>
        Assert.Contains("\"company_ref\":{\"company_id\":null,\"name\":\"PADARIA S. JOSÉ\"}", Translator.Insert(Maria.With(("empresa_id", null))), StringComparison.Ordinal);

    [Fact]
    public void Birth_in_the_future_is_judged_by_the_commit_and_not_by_a_clock() =>
        Assert.Contains("\"birth_date\":null", Translator.Insert(Maria.With(("data_nasc", "25/06/2016"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("tel", "21 5555-0000")]
    [InlineData("email", "maria@example.org")]
    [InlineData("chegou", "25/07/2015 10:00")]
    [InlineData("presente", "S")]
    [InlineData("dias_venc", "29")]
    [InlineData("dt_ult_exame", "26/07/2015")]
    [InlineData("sexo", "Feminino")]
    [InlineData("data_nasc", "1980-02-29")]
    [InlineData("cpf", "52998224725")]
    [InlineData("setor_adicional", "3|17|")]
    [InlineData("status", "1")]
    public void Change_that_no_message_carries_is_skipped(string column, string value) =>
        Assert.Equal("skipped no-message-carries-it", Translator.Update(Maria, Maria.With((column, value))));

    [Fact]
    public void Update_whose_old_row_is_not_known_registers_again() => Assert.Equal(Registered, Translator.Update(null, Maria));

    public static TheoryData<string, string?, string> Removals() => new()
    {
        { "excluido", "S", """clinic.patient.removed.v1 patient/1042 {"patient_id":1042,"removed_at":null,"reason":"flagged"}""" },
        { "dt_excl", "25/07/2015", """clinic.patient.removed.v1 patient/1042 {"patient_id":1042,"removed_at":"2015-07-25","reason":"dated"}""" },
        { "status", "9", """clinic.patient.removed.v1 patient/1042 {"patient_id":1042,"removed_at":null,"reason":"status"}""" },
        { "nome", "***NAO USAR*** MARIA", """clinic.patient.removed.v1 patient/1042 {"patient_id":1042,"removed_at":null,"reason":"marked"}""" },
        { "unificado_em", "77", """clinic.patient.merged.v1 patient/1042 {"surviving_id":77,"merged_ids":[1042]}""" },
    };

    [Theory]
    [MemberData(nameof(Removals))]
    public void Soft_deleted_row_is_off_file_and_undeleted_registered_again(string column, string? value, string removal)
    {
        var removed = Maria.With((column, value));

        Assert.Equal(removal, Translator.Update(Maria, removed));
        Assert.Equal(removal, Translator.Insert(removed));
        Assert.Equal("skipped no-message-carries-it", Translator.Update(removed, removed.With(("tel", "1"), ("sexo", "M"))));
        Assert.Equal(Registered, Translator.Update(removed, Maria));
    }

    [Fact]
    public void Removal_that_gets_its_date_later_is_told_again() =>
        Assert.Equal(
            """clinic.patient.removed.v1 patient/1042 {"patient_id":1042,"removed_at":"2015-07-25","reason":"flagged"}""",
            Translator.Update(Maria.With(("excluido", "S")), Maria.With(("excluido", "S"), ("dt_excl", "25/07/2015"))));

    [Fact]
    public void Merge_that_is_pointed_elsewhere_is_told_again() =>
        Assert.Equal(
            """clinic.patient.merged.v1 patient/1042 {"surviving_id":78,"merged_ids":[1042]}""",
            Translator.Update(Maria.With(("unificado_em", "77")), Maria.With(("unificado_em", "78"))));

    [Fact]
    public void Merge_into_itself_leaves_the_patient_on_file_with_a_warning() =>
        Assert.Equal(
            $"clinic.patient.registered.v1 patient/1042 {MariaJson} !surviving_id.itself{Repairs}",
            Translator.Insert(Maria.With(("unificado_em", "1042"))));

    [Fact]
    public void Deleted_row_is_off_file_since_the_clinic_s_day_of_the_commit() =>
        Assert.Equal(
            """clinic.patient.removed.v1 patient/1042 {"patient_id":1042,"removed_at":"2016-06-24","reason":"deleted"}""",
            Translator.Delete(Maria));

    public static TheoryData<string, string?, string> Refusals() => new()
    {
        { "status", "Z", "quarantined X4.unknown-status: status is 'Z', a code that nobody explained" },
        { "status", null, "quarantined X4.no-status: status is empty and nothing says that the patient was removed" },
        { "nome", " ", "quarantined X8.no-name: nome is empty, or nothing legible is left of it" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Row_that_nobody_understands_waits_and_consumers_stop_showing_it(string column, string? value, string refusal)
    {
        var broken = Maria.With((column, value));

        Assert.Equal(refusal, Translator.Insert(broken));
        Assert.Equal($"{refusal}\n{TakenBack}", Translator.Update(Maria, broken));
        Assert.Equal($"{refusal}\n{TakenBack}", Translator.Update(broken, broken.With(("tel", "1"))));
        Assert.Equal(Registered, Translator.Update(broken, Maria));
    }

    [Theory]
    [InlineData("excluido", "S", "flagged")]
    [InlineData("status", "9", "status")]
    public void Removal_is_told_however_broken_the_rest_of_the_row_is(string column, string value, string reason)
    {
        var broken = Maria.With(("status", "Z"), ("nome", ""), ("cpf", "x"), (column, value));

        Assert.Equal($$"""clinic.patient.removed.v1 patient/1042 {"patient_id":1042,"removed_at":null,"reason":"{{reason}}"}""", Translator.Insert(broken));
    }
}
