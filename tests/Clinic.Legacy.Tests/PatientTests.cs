using Clinic.Legacy.Tests.Site;

namespace Clinic.Legacy.Tests;

public abstract class PatientTests(LegacyServer server) : Characterization(server)
{
    [Fact]
    public async Task A_new_patient_is_stored_and_shown_again()
    {
        var id = await Browser.NewPatientAsync("Íris  Açucena", ("cpf", "529.982.247-25"), ("data_nasc", "1980-12-31"), ("email", "iris@exemplo.invalid"), ("tel", "(11) 5555-1234"), ("obs", "<script>\n\"obs\""));

        var page = await Browser.GetAsync($"/pacientes/{id}/?gravado=1");

        Assert.Contains("<h1>ÍRIS AÇUCENA</h1>", page.Text, StringComparison.Ordinal);
        Assert.Contains("<p class=\"aviso\">Dados gravados.</p>", page.Text, StringComparison.Ordinal);
        Assert.Contains("Empresa: METALÚRGICA ARAÇÁ LTDA. Situação: Ativo. Cadastro: 26/07/2015 22:30.", page.Text, StringComparison.Ordinal);
        Assert.Equal(
            ["Íris Açucena", "529.982.247-25", "31/12/1980", "1", "", "iris@exemplo.invalid", "(11) 5555-1234"],
            new[] { "nome", "cpf", "data_nasc", "empresa", "dias_venc", "email", "tel" }.Select(page.Field));
        Assert.Equal("<script>\n\"obs\"", page.Document.QuerySelector("textarea")!.TextContent.ReplaceLineEndings("\n"));
        Assert.DoesNotContain("<script>", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edit_changes_what_was_typed_and_leaves_dirty_cells_alone()
    {
        // Patient of the seed with the exam date 00/00/0000: the form shows an empty field and must not write it back.
        var (id, fields) = await FormOfAsync("exame em 00/00/0000");
        fields["tel"] = "(21) 4444-0000";
        await Browser.PostAsync($"/pacientes/{id}/", [.. fields.Select(field => (field.Key, field.Value))]);
        var after = await Browser.GetAsync($"/pacientes/{id}/");
        Assert.Equal("(21) 4444-0000", after.Field("tel"));
        Assert.Equal("", after.Field("dt_ult_exame"));

        fields["dt_ult_exame"] = "24/07/2015";
        fields["dias_venc"] = "12";
        await Browser.PostAsync($"/pacientes/{id}/", [.. fields.Select(field => (field.Key, field.Value))]);

        Assert.Equal(["24/07/2015", "12", "Vence em 30 dias"], (await Browser.GetAsync("/periodicos/?q=exame+em+00/00/0000")).Rows()[0][2..]);
    }

    [Fact]
    public async Task Changing_the_company_copies_its_name()
    {
        var id = await Browser.NewPatientAsync("Mudou de Empresa");
        await EditAsync(id, ("nome", "Mudou de Empresa"), ("empresa", "20"));

        // The patient's copy is of the name now; patients of the seed still have the old one.
        Assert.EndsWith("(NOVA)", (await Browser.GetAsync("/pacientes/?q=mudou+de+empresa")).Rows()[0][3], StringComparison.Ordinal);
        Assert.All((await Browser.GetAsync("/periodicos/?empresa=20")).Rows(), row => Assert.DoesNotContain("(NOVA)", row[1], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nome", "", "Nome: este campo é obrigatório.")]
    [InlineData("data_nasc", "31/02/1980", "Nascimento: data inválida.")]
    [InlineData("dt_ult_exame", "ontem", "Último exame: data inválida.")]
    [InlineData("empresa", "9999", "Empresa inválida.")]
    [InlineData("empresa", "abc", "Empresa inválida.")]
    public async Task A_wrong_field_is_named_and_nothing_is_stored(string field, string value, string error)
    {
        var id = await Browser.NewPatientAsync("Antes do Erro");

        var page = await EditAsync(id, [("nome", "Depois do Erro"), ("empresa", "1"), (field, value)]);

        Assert.Equal(200, page.Status);
        Assert.Equal(error, page.Error);
        Assert.Equal(value, page.Field(field));
        Assert.Equal("Antes do Erro", (await Browser.GetAsync($"/pacientes/{id}/")).Field("nome"));
    }

    [Fact]
    public async Task What_does_not_fit_is_cut_without_a_word()
    {
        var id = await Browser.NewPatientAsync(new string('A', 300), ("cpf", new string('1', 50)));

        var page = await Browser.GetAsync($"/pacientes/{id}/");

        Assert.Equal((200, 20), (page.Field("nome").Length, page.Field("cpf").Length));
    }

    [Fact]
    public async Task A_removed_patient_is_gone_from_the_list_but_not_from_its_page()
    {
        var id = await Browser.NewPatientAsync("Vai Embora");

        var page = await Browser.PostAsync($"/pacientes/{id}/excluir/");

        Assert.Equal("/pacientes/", page.Header("Location"));
        Assert.Equal("Nenhum paciente encontrado.", (await Browser.GetAsync("/pacientes/?q=vai+embora")).Rows()[0][0]);
        Assert.Contains("Situação: Excluído.", (await Browser.GetAsync($"/pacientes/{id}/")).Text, StringComparison.Ordinal);
        Assert.Equal(404, (await Browser.PostAsync("/pacientes/99999999/excluir/")).Status);
        Assert.Equal(404, (await Browser.GetAsync("/pacientes/99999999999/")).Status);
    }

    [Theory]
    [InlineData("cpf com pontos", "529.982.247-25")]
    [InlineData("529.982.247-26", "529.982.247-26")]
    [InlineData("52998224726", "529.982.247-26")]
    public async Task Search_takes_a_part_of_the_name_or_the_whole_cpf(string q, string cpf) =>
        Assert.Equal(cpf, (await Browser.GetAsync("/pacientes/?q=" + Uri.EscapeDataString(q))).Rows()[0][2]);

    [Fact, Trait("Bug", "pinned")]
    public async Task Search_misses_a_name_that_is_stored_broken()
    {
        Assert.Contains((await Browser.GetAsync("/periodicos/?q=cecilia+acucena")).Rows(), row => row[0] == "CECÍLIA AÇUCENA");
        Assert.DoesNotContain((await Browser.GetAsync("/pacientes/?q=cecilia+acucena")).Rows(), row => row.Length > 1 && row[1] == "CECÍLIA AÇUCENA");
    }

    [Fact, Trait("Bug", "pinned")]
    public async Task A_percent_sign_finds_everybody() =>
        Assert.Equal((await Browser.GetAsync("/pacientes/")).Rows().Select(row => row[0]), (await Browser.GetAsync("/pacientes/?q=%25")).Rows().Select(row => row[0]));

    [Fact, Trait("Bug", "pinned")]
    public async Task The_check_for_duplicates_is_made_and_ignored()
    {
        await Browser.NewPatientAsync("Primeira Vez", ("cpf", "111.444.777-35"));
        await Browser.NewPatientAsync("Segunda Vez", ("cpf", "11144477735"));

        Assert.Equal(2, (await Browser.GetAsync("/pacientes/?q=11144477735")).Rows().Length);
    }

    [Theory, Trait("Bug", "pinned")]
    [InlineData("/pacientes/?pagina=abc")]
    [InlineData("/pedidos/?pagina=1.5")]
    [InlineData("/atestados/?pagina=99999999999")]
    public async Task A_page_that_is_no_number_breaks_the_screens_of_2009(string path)
    {
        var page = await Browser.GetAsync(path);

        Assert.Equal(500, page.Status);
        Assert.Contains("<h1>Erro no servidor (500)</h1>\n<p>Aconteceu um erro. A equipe já foi avisada por e-mail.</p>", page.Text, StringComparison.Ordinal);
        Assert.Equal("text/html; charset=utf-8", page.Header("Content-Type"));
        Assert.DoesNotContain("Exception", page.Text, StringComparison.Ordinal);
    }

    private Task<Page> EditAsync(int id, params (string Name, string Value)[] fields) => Browser.PostAsync($"/pacientes/{id}/", [("status", "A"), .. fields]);

    private async Task<(string Id, Dictionary<string, string> Fields)> FormOfAsync(string q)
    {
        var id = (await Browser.GetAsync("/pacientes/?q=" + Uri.EscapeDataString(q))).Rows()[0][0];
        var form = (await Browser.GetAsync($"/pacientes/{id}/")).Document.QuerySelector("form")!;
        var fields = form.QuerySelectorAll("table input").ToDictionary(input => input.GetAttribute("name")!, input => input.GetAttribute("value")!);
        foreach (var select in form.QuerySelectorAll("select")) fields[select.GetAttribute("name")!] = select.QuerySelector("option[selected]")!.GetAttribute("value")!;
        fields["obs"] = form.QuerySelector("textarea")!.TextContent;
        return (id, fields);
    }

    public sealed class Sqlite(OnSqlite server) : PatientTests(server), IClassFixture<OnSqlite>;

    public sealed class Postgres(OnPostgres server) : PatientTests(server), IClassFixture<OnPostgres>;
}
