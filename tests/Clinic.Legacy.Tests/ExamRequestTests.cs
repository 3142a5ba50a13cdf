using Clinic.Legacy.Tests.Site;

namespace Clinic.Legacy.Tests;

public abstract class ExamRequestTests(LegacyServer server) : Characterization(server)
{
    [Theory]
    [InlineData(1, "ADM", "365")]
    [InlineData(2, "PER", "365")]
    [InlineData(3, "RT", "180")]
    [InlineData(4, "MF", "180")]
    public async Task Finishing_an_exam_moves_the_date_and_the_days_of_the_patient(int kind, string letters, string days)
    {
        var patient = await Browser.NewPatientAsync($"Terminou {letters}");
        var request = await Browser.NewRequestAsync(patient, kind);
        Assert.Equal("Nenhum paciente encontrado.", (await Browser.GetAsync($"/periodicos/?q=terminou+{letters}")).Rows()[0][0]);

        var page = await Browser.PostAsync($"/pedidos/{request}/finalizar/");

        Assert.Equal(302, page.Status);
        Assert.Equal($"/pedidos/{request}/", page.Header("Location"));
        // Still Sunday in São Paulo, though Monday in UTC.
        Assert.Equal(["26/07/2015", days, "Em dia"], (await Browser.GetAsync($"/periodicos/?q=terminou+{letters}")).Rows()[0][2..]);
        var detail = await Browser.GetAsync($"/pedidos/{request}/");
        Assert.Contains($"<tr><th>Tipo:</th><td>{letters}</td></tr>\n<tr><th>Data:</th><td>26/07/2015</td></tr>\n<tr><th>Situação:</th><td>Finalizado</td></tr>", detail.Text, StringComparison.Ordinal);
        Assert.Contains("<tr><th>Exames:</th><td>Exame clínico, Audiometria</td></tr>", detail.Text, StringComparison.Ordinal);
        Assert.Contains("<p>Atendido em 26/07/2015 por Maria das Dores Lima, de 26/07/2015 22:30 a 26/07/2015 22:30.</p>", detail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("finalizar", detail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finishing_a_dismissal_dismisses_the_patient()
    {
        var patient = await Browser.NewPatientAsync("Terminou Tudo");

        await Browser.PostAsync($"/pedidos/{await Browser.NewRequestAsync(patient, kind: 5)}/finalizar/");

        Assert.Contains("Situação: Inativo.", (await Browser.GetAsync($"/pacientes/{patient}/")).Text, StringComparison.Ordinal);
        Assert.Equal("Nenhum paciente encontrado.", (await Browser.GetAsync("/periodicos/?q=terminou+tudo")).Rows()[0][0]);
    }

    [Fact]
    public async Task Finishing_takes_the_patient_out_of_the_queue()
    {
        var patient = await Browser.NewPatientAsync("Da Fila Ao Fim", ("cpf", "98765432100"));
        var request = await Browser.NewRequestAsync(patient);
        Assert.Equal(302, (await Browser.PostAsync("/fila/chegada/", ("cpf", "98765432100"), ("empresa", "1"))).Status);

        await Browser.PostAsync($"/pedidos/{request}/finalizar/");

        Assert.DoesNotContain((await Browser.GetAsync("/fila/")).Rows(), row => row[0] == "DA FILA AO FIM");
    }

    [Fact]
    public async Task An_exam_is_finished_once()
    {
        var request = await Browser.NewRequestAsync(await Browser.NewPatientAsync("Uma Vez Só"));

        var pages = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Browser.PostAsync($"/pedidos/{request}/finalizar/")));

        Assert.Single(pages, page => page.Status == 302);
        Assert.Equal(5, pages.Count(page => page.Status == 200 && page.Error == "O pedido não está aberto."));
        Assert.Equal(2, (await Browser.GetAsync($"/pedidos/{request}/")).Text.Split("Atendido em").Length);
        Assert.Equal("O pedido não está aberto.", (await Browser.PostAsync($"/pedidos/{request}/cancelar/")).Error);
        Assert.Equal(404, (await Browser.PostAsync("/pedidos/99999999/finalizar/")).Status);
    }

    [Fact]
    public async Task A_request_without_a_patient_cannot_be_finished()
    {
        var orphan = await OrphanAsync();

        Assert.Equal("O pedido não tem paciente.", (await Browser.PostAsync($"/pedidos/{orphan}/finalizar/")).Error);
        Assert.Contains("(não encontrado)", (await Browser.GetAsync($"/pedidos/{orphan}/")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("999999", "2", "1", "Paciente não encontrado.")]
    [InlineData("x", "2", "1", "Paciente não encontrado.")]
    [InlineData("ACTIVE", "9", "1", "Tipo inválido.")]
    [InlineData("ACTIVE", "2", "4711", "Escolha pelo menos um exame.")]
    [InlineData("REMOVED", "2", "1", "O paciente não está ativo.")]
    public async Task A_wrong_request_is_refused(string patient, string kind, string exam, string error)
    {
        var id = await Browser.NewPatientAsync("Pedido Errado");
        if (patient == "REMOVED") await Browser.PostAsync($"/pacientes/{id}/excluir/");

        var page = await Browser.PostAsync("/pedidos/novo/", ("paciente", patient is "ACTIVE" or "REMOVED" ? $"{id}" : patient), ("tipo", kind), ("exame", exam));

        Assert.Equal((200, error), (page.Status, page.Error));
    }

    [Fact]
    public async Task Lists_open_and_finished_requests_newest_first()
    {
        var patient = await Browser.NewPatientAsync("Lista de Pedidos");
        var finished = await Browser.NewRequestAsync(patient);
        await Browser.PostAsync($"/pedidos/{finished}/finalizar/");
        var open = await Browser.NewRequestAsync(patient, kind: 3);

        Assert.Equal([[$"{open}", "LISTA DE PEDIDOS", "RT", "26/07/2015", "Aberto"], [$"{finished}", "LISTA DE PEDIDOS", "PER", "26/07/2015", "Finalizado"]], (await Browser.GetAsync($"/pedidos/?paciente={patient}")).Rows());
        Assert.Equal([$"{open}"], (await Browser.GetAsync($"/pedidos/?paciente={patient}&status=aberto")).Rows().Select(row => row[0]));
        Assert.Equal([$"{finished}"], (await Browser.GetAsync($"/pedidos/?paciente={patient}&status=finalizado")).Rows().Select(row => row[0]));
    }

    private async Task<string> OrphanAsync()
    {
        for (var page = 1; ; page++)
        {
            var rows = (await Browser.GetAsync($"/pedidos/?status=aberto&pagina={page}")).Rows();
            Assert.True(rows[0].Length > 1, "the seed has an open request without a patient, but no page lists it");
            if (rows.FirstOrDefault(row => row[1] == "-") is { } orphan) return orphan[0];
        }
    }

    public sealed class Sqlite(OnSqlite server) : ExamRequestTests(server), IClassFixture<OnSqlite>;

    public sealed class Postgres(OnPostgres server) : ExamRequestTests(server), IClassFixture<OnPostgres>;
}
