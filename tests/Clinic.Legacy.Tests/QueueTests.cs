using Clinic.Legacy.Tests.Site;

namespace Clinic.Legacy.Tests;

public abstract class QueueTests(LegacyServer server) : Characterization(server)
{
    [Fact]
    public async Task Board_has_two_columns_capitals_zebra_rows_and_two_digit_rooms()
    {
        var page = await Browser.GetAsync("/fila/painel/2/");
        var rows = page.Document.QuerySelectorAll("table.painel tr");

        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Equal(2, row.ChildElementCount));
        Assert.All(rows, row => Assert.Equal(row.Children[0].TextContent.ToUpperInvariant(), row.Children[0].TextContent));
        Assert.All(rows, row => Assert.Matches("^SALA 0[1-4]$", row.Children[1].TextContent));
        Assert.Equal(rows.Select((_, i) => i % 2 == 0 ? "par" : "impar"), rows.Select(row => row.ClassName));
        Assert.Contains("<meta http-equiv=\"refresh\" content=\"10\" />", page.Text, StringComparison.Ordinal);
        Assert.Equal(404, (await Browser.GetAsync("/fila/painel/99/")).Status);
        Assert.Equal(404, (await Browser.GetAsync("/fila/painel/x/")).Status);
    }

    [Fact]
    public async Task Check_in_puts_the_patient_in_the_queue_at_branch_time_and_sends_one_mail()
    {
        var (patient, cpf) = await WithRequestAsync("Chegada <Certa>");
        var before = Mails();

        var page = await CheckInAsync(cpf, " 1 ");

        Assert.Equal(302, page.Status);
        Assert.Equal("/fila/", page.Header("Location"));
        var row = await QueuedAsync("CHEGADA <CERTA>");
        Assert.Equal(["CHEGADA <CERTA>", "METALÚRGICA ARAÇÁ LTDA", "26/07/2015 22:30", "Aguardando"], row![..4]);
        var mail = await File.ReadAllTextAsync(Assert.Single(Mails().Except(before)));
        Assert.Contains($"To: paciente@exemplo.invalid", mail, StringComparison.OrdinalIgnoreCase);
        await LeaveAsync(patient);
    }

    [Theory]
    [InlineData("529.982.247-25", "abc", "Empresa inválida.")]
    [InlineData("529.982.247-25", "", "Empresa inválida.")]
    [InlineData("529.982.247-25", "1.0", "Empresa inválida.")]
    [InlineData("000.000.001-91", "1", "Paciente não encontrado.")]
    [InlineData("", "1", "Paciente não encontrado.")]
    [InlineData("' or '1'='1", "1", "Paciente não encontrado.")]
    public async Task Check_in_says_what_is_wrong_with_the_form(string cpf, string company, string error)
    {
        var page = await CheckInAsync(cpf, company);

        Assert.Equal(200, page.Status);
        Assert.Equal(error, page.Error);
        Assert.Contains("<h1>Fila - São Paulo - Centro</h1>", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_in_looks_for_the_cpf_in_that_company_only()
    {
        var (_, cpf) = await WithRequestAsync("Outra Empresa");

        Assert.Equal("Paciente não encontrado.", (await CheckInAsync(cpf, "2")).Error);
    }

    [Fact]
    public async Task Check_in_needs_an_open_request()
    {
        var cpf = NewCpf();
        var patient = await Browser.NewPatientAsync("Sem Pedido", ("cpf", cpf));
        Assert.Equal("O paciente precisa de um pedido de exame ativo.", (await CheckInAsync(cpf, "1")).Error);

        var request = await Browser.NewRequestAsync(patient);
        await Browser.PostAsync($"/pedidos/{request}/cancelar/");

        Assert.Equal("O paciente precisa de um pedido de exame ativo.", (await CheckInAsync(cpf, "1")).Error);
    }

    [Fact]
    public async Task Check_in_twice_is_refused_and_sends_no_second_mail()
    {
        var (patient, cpf) = await WithRequestAsync("Duas Vezes");
        await CheckInAsync(cpf, "1");
        var before = Mails();

        var page = await CheckInAsync(cpf, "1");

        Assert.Equal("Paciente já está presente.", page.Error);
        Assert.Equal(before, Mails());
        await LeaveAsync(patient);
    }

    [Fact]
    public async Task Of_parallel_check_ins_one_wins()
    {
        var (patient, cpf) = await WithRequestAsync("Todos ao Mesmo Tempo");
        var before = Mails();

        var pages = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CheckInAsync(cpf, "1")));

        Assert.Single(pages, page => page.Status == 302);
        Assert.Equal(7, pages.Count(page => page.Error == "Paciente já está presente."));
        Assert.Single(Mails().Except(before));
        await LeaveAsync(patient);
    }

    [Theory, Trait("Bug", "pinned")]
    [InlineData("***NAO USAR*** Chegou", "A")]
    [InlineData("Demitido Chegou", "I")]
    public async Task Check_in_lets_patients_in_that_were_removed_in_other_ways_than_the_flag(string name, string status)
    {
        var (patient, cpf) = await WithRequestAsync("Ainda Ativo");
        await Browser.PostAsync($"/pacientes/{patient}/", ("nome", name), ("cpf", cpf), ("empresa", "1"), ("sexo", "F"), ("status", status));

        Assert.Equal(302, (await CheckInAsync(cpf, "1")).Status);
        await LeaveAsync(patient);

        await Browser.PostAsync($"/pacientes/{patient}/excluir/");
        Assert.Equal("Paciente não encontrado.", (await CheckInAsync(cpf, "1")).Error);
    }

    [Fact, Trait("Bug", "pinned")]
    public async Task Check_in_does_not_find_a_cpf_that_lost_its_zeros()
    {
        var patient = await Browser.NewPatientAsync("Perdeu Zeros", ("cpf", "11126"), ("empresa", "40"));
        await Browser.NewRequestAsync(patient);

        Assert.Equal("Paciente não encontrado.", (await CheckInAsync("000.000.111-26", "40")).Error);
        Assert.Equal(302, (await CheckInAsync("111-26", "40")).Status);
        await LeaveAsync(patient);
    }

    [Fact, Trait("Bug", "pinned")]
    public async Task Of_two_patients_with_one_cpf_in_one_company_the_older_is_checked_in_without_a_word()
    {
        var (older, cpf) = await WithRequestAsync("Gêmea Velha");
        await Browser.NewRequestAsync(await Browser.NewPatientAsync("Gêmea Nova", ("cpf", cpf)));

        await CheckInAsync(cpf, "1");

        Assert.NotNull(await QueuedAsync("GÊMEA VELHA"));
        Assert.Null(await QueuedAsync("GÊMEA NOVA"));
        await LeaveAsync(older);
    }

    [Fact]
    public async Task A_called_patient_is_on_the_board_until_gone()
    {
        var (patient, cpf) = await WithRequestAsync("Chamada da Vez");
        await CheckInAsync(cpf, "1");

        var called = await Browser.PostAsync("/fila/chamar/", ("paciente", $"{patient}"), ("sala", "2"));
        var again = await Browser.PostAsync("/fila/chamar/", ("paciente", $"{patient}"), ("sala", "3"));

        Assert.Equal((302, 302), (called.Status, again.Status));
        Assert.Equal(["CHAMADA DA VEZ", "SALA 03"], (await Browser.GetAsync("/fila/painel/1/")).Rows("painel")[0]);
        Assert.DoesNotContain("SALA 02", (await Browser.GetAsync("/fila/painel/1/")).Rows("painel").Where(row => row[0] == "CHAMADA DA VEZ").Select(row => row[1]));
        Assert.Equal("Em atendimento", (await QueuedAsync("CHAMADA DA VEZ"))![3]);

        Assert.Equal(302, (await LeaveAsync(patient)).Status);
        Assert.Null(await QueuedAsync("CHAMADA DA VEZ"));
        Assert.DoesNotContain((await Browser.GetAsync("/fila/painel/1/")).Rows("painel"), row => row[0] == "CHAMADA DA VEZ");
    }

    [Fact]
    public async Task Calling_and_leaving_say_what_is_wrong()
    {
        var (patient, cpf) = await WithRequestAsync("Erra a Sala");
        await CheckInAsync(cpf, "1");

        // Room 5 is in Santos.
        Assert.Equal("Sala inválida.", (await Browser.PostAsync("/fila/chamar/", ("paciente", $"{patient}"), ("sala", "5"))).Error);
        Assert.Equal("Sala inválida.", (await Browser.PostAsync("/fila/chamar/", ("paciente", $"{patient}"), ("sala", "x"))).Error);
        Assert.Equal("Paciente não está na fila.", (await Browser.PostAsync("/fila/chamar/", ("paciente", "999999"), ("sala", "1"))).Error);
        Assert.Equal("Paciente não está na fila.", (await Browser.PostAsync("/fila/sair/", ("paciente", ""))).Error);
        await LeaveAsync(patient);
        Assert.Equal("Paciente não está na fila.", (await LeaveAsync(patient)).Error);
    }

    [Theory]
    [InlineData("/fila/chegada/")]
    [InlineData("/fila/chamar/")]
    [InlineData("/fila/sair/")]
    public async Task Queue_actions_take_forms_only(string path)
    {
        var page = await Browser.GetAsync(path);

        Assert.Equal(405, page.Status);
        Assert.Equal("POST", page.Header("Allow"));
    }

    [Fact, Trait("Bug", "pinned")]
    public async Task A_form_posted_without_the_slash_is_redirected_and_lost()
    {
        var page = await Browser.PostAsync("/fila/chegada", ("cpf", "1"), ("empresa", "1"));

        Assert.Equal(301, page.Status);
        Assert.Equal("/fila/chegada/", page.Header("Location"));
    }

    private static long lastCpf = 90_000_000_000;

    private static string NewCpf() => $"{Interlocked.Increment(ref lastCpf)}";

    private async Task<(int Patient, string Cpf)> WithRequestAsync(string name)
    {
        var cpf = NewCpf();
        var patient = await Browser.NewPatientAsync(name, ("cpf", cpf), ("email", "paciente@exemplo.invalid"));
        await Browser.NewRequestAsync(patient);
        return (patient, cpf);
    }

    private async Task<Page> CheckInAsync(string cpf, string company)
    {
        if (!Browser.Cookies.ContainsKey("csrftoken")) await Browser.GetAsync("/fila/");
        return await Browser.PostAsync("/fila/chegada/", ("cpf", cpf), ("empresa", company));
    }

    private Task<Page> LeaveAsync(int patient) => Browser.PostAsync("/fila/sair/", ("paciente", $"{patient}"));

    private async Task<string[]?> QueuedAsync(string name) => (await Browser.GetAsync("/fila/")).Rows().SingleOrDefault(row => row[0] == name);

    private string[] Mails() => Directory.GetFiles(Legacy.Mail, "*.eml");

    public sealed class Sqlite(OnSqlite server) : QueueTests(server), IClassFixture<OnSqlite>;

    public sealed class Postgres(OnPostgres server) : QueueTests(server), IClassFixture<OnPostgres>;
}
