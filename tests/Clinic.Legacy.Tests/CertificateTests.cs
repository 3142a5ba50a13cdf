using System.Text;
using Clinic.Legacy.Tests.Site;

namespace Clinic.Legacy.Tests;

public abstract class CertificateTests(LegacyServer server) : Characterization(server)
{
    private static readonly byte[] Pdf = [.. "%PDF-1.4\n"u8, 0, 1, 254, 255];

    [Fact]
    public async Task A_certificate_with_its_file_is_stored_listed_and_given_back()
    {
        var patient = await Browser.NewPatientAsync("Tem Atestado");

        var saved = await Browser.UploadAsync("/atestados/novo/", "..\\..\\Atestado João <1>.PDF", Pdf, Fields(patient));
        var path = saved.Header("Location")!.Split('?')[0];
        var file = await Browser.GetAsync(path + "arquivo/");

        Assert.Equal(302, saved.Status);
        Assert.Equal(Pdf, file.Body);
        Assert.Equal("application/pdf", file.Header("Content-Type"));
        Assert.Equal("nosniff", file.Header("X-Content-Type-Options"));
        var stored = Assert.Single(Directory.GetFiles(Legacy.Uploads), name => Path.GetFileName(name).StartsWith($"atestado_{path.Split('/')[2]}_", StringComparison.Ordinal));
        Assert.Equal("attachment; filename=" + Path.GetFileName(stored), file.Header("Content-Disposition"));
        Assert.Equal(["TEM ATESTADO", "06/07/2015", "08/07/2015", "3", "M54.5", "Atestado João <1>.PDF"], (await Browser.GetAsync("/atestados/")).Rows().Single(row => row[0] == path.Split('/')[2])[1..]);
    }

    [Theory]
    [InlineData("virus.exe")]
    [InlineData("pagina.html")]
    [InlineData("sem-extensao")]
    [InlineData("a.pdf.svg")]
    public async Task Only_pictures_and_pdf_are_taken(string fileName)
    {
        var patient = await Browser.NewPatientAsync("Arquivo Errado");
        var before = Directory.GetFiles(Legacy.Uploads);

        var page = await Browser.UploadAsync("/atestados/novo/", fileName, Pdf, Fields(patient));

        Assert.Equal((200, "Arquivo: só PDF, JPG, PNG ou GIF."), (page.Status, page.Error));
        Assert.Equal(before, Directory.GetFiles(Legacy.Uploads));
    }

    [Fact]
    public async Task A_file_may_have_5_megabytes()
    {
        var patient = await Browser.NewPatientAsync("Arquivo Grande");

        Assert.Equal(302, (await Browser.UploadAsync("/atestados/novo/", "a.png", new byte[5 * 1024 * 1024], Fields(patient))).Status);
        Assert.Equal("Arquivo: no máximo 5 MB.", (await Browser.UploadAsync("/atestados/novo/", "a.png", new byte[(5 * 1024 * 1024) + 1], Fields(patient))).Error);
    }

    [Fact]
    public async Task A_certificate_is_corrected_and_keeps_its_file()
    {
        var patient = await Browser.NewPatientAsync("Corrige Atestado");
        var path = (await Browser.UploadAsync("/atestados/novo/", "a.gif", Pdf, Fields(patient))).Header("Location")!.Split('?')[0];

        var saved = await Browser.PostAsync(path, [.. Fields(patient).Where(field => field.Name != "fim"), ("fim", "10/07/2015")]);

        Assert.Equal(path + "?gravado=1", saved.Header("Location"));
        var page = await Browser.GetAsync(path);
        Assert.Equal(["06/07/2015", "10/07/2015", "3", "M54.5", "N", "52-12345-6", "SUS"], new[] { "inicio", "fim", "dias", "cid", "cat", "crm", "emissor" }.Select(page.Field));
        Assert.Equal("image/gif", (await Browser.GetAsync(path + "arquivo/")).Header("Content-Type"));
    }

    [Theory]
    [InlineData("paciente", "999999", "Paciente não encontrado.")]
    [InlineData("paciente", "", "Paciente não encontrado.")]
    [InlineData("inicio", "", "Início: data inválida.")]
    [InlineData("inicio", "31/02/2015", "Início: data inválida.")]
    [InlineData("fim", "logo", "Fim: data inválida.")]
    [InlineData("fim", "05/07/2015", "O fim é antes do início.")]
    public async Task A_wrong_field_is_named(string field, string value, string error)
    {
        var patient = await Browser.NewPatientAsync("Campo Errado");

        var page = await Browser.PostAsync("/atestados/novo/", [.. Fields(patient).Where(other => other.Name != field), (field, value)]);

        Assert.Equal((200, error), (page.Status, page.Error));
    }

    [Fact]
    public async Task A_deleted_certificate_is_gone_for_good()
    {
        var patient = await Browser.NewPatientAsync("Apaga Atestado");
        await Browser.GetAsync("/atestados/novo/");
        var path = (await Browser.PostAsync("/atestados/novo/", Fields(patient))).Header("Location")!.Split('?')[0];

        var page = await Browser.PostAsync(path + "excluir/");

        Assert.Equal("/atestados/", page.Header("Location"));
        Assert.Equal(404, (await Browser.GetAsync(path)).Status);
        Assert.Equal(404, (await Browser.GetAsync(path + "arquivo/")).Status);
        Assert.Equal(404, (await Browser.PostAsync(path + "excluir/")).Status);
    }

    [Fact, Trait("Bug", "pinned")]
    public async Task A_file_is_on_the_branch_that_took_it_and_not_found_elsewhere()
    {
        var patient = await Browser.NewPatientAsync("Arquivo na Filial");
        var path = (await Browser.UploadAsync("/atestados/novo/", "a.jpg", Encoding.ASCII.GetBytes("jpg"), Fields(patient))).Header("Location")!.Split('?')[0];
        foreach (var file in Directory.GetFiles(Legacy.Uploads, $"atestado_{path.Split('/')[2]}_*")) File.Delete(file);

        Assert.Equal(404, (await Browser.GetAsync(path + "arquivo/")).Status);
    }

    private static (string Name, string Value)[] Fields(int patient) =>
        [("paciente", $"{patient}"), ("inicio", "06/07/2015"), ("fim", "08/07/2015"), ("dias", "3"), ("cat", "N"), ("cid", "M54.5"), ("crm", "52-12345-6"), ("emissor", "SUS")];

    public sealed class Sqlite(OnSqlite server) : CertificateTests(server), IClassFixture<OnSqlite>;

    public sealed class Postgres(OnPostgres server) : CertificateTests(server), IClassFixture<OnPostgres>;
}
