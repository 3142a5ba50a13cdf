using EndToEnd.Tests.Clinics;

namespace EndToEnd.Tests;

/// <summary>A route flips to its service and back; the user gets the same bytes all along.</summary>
public abstract class FlipTests<TClinic>(TClinic clinic) : SharedClinicTests(clinic)
    where TClinic : RunningClinic
{
    private static readonly (string Method, string Path)[] Periodicals =
    [
        ("GET", "/periodicos/"), ("GET", "/periodicos/?pagina=2"), ("GET", "/periodicos/?pagina=99999"), ("GET", "/periodicos/?pagina=abc"),
        ("GET", "/periodicos/?q=jos%C3%A9"), ("GET", "/periodicos/?q=JOSE&pagina=2"), ("GET", "/periodicos/?empresa=3"), ("GET", "/periodicos/?empresa=x"),
        ("GET", "/periodicos/?q=%3Cscript%3E"), ("GET", "/periodicos/vencendo/"), ("GET", "/periodicos/vencendo/?dias=30"), ("GET", "/periodicos/vencendo/?dias=7&empresa=2"),
        ("GET", "/periodicos/vencendo/?dias=abc"), ("GET", "/periodicos/vencendo/?dias=-1"), ("GET", "/periodicos/exportar/"), ("GET", "/periodicos/exportar/?empresa=3"),
        ("HEAD", "/periodicos/"), ("HEAD", "/periodicos/exportar/"), ("GET", "/periodicos/nao-existe/"), ("GET", "/periodicos/a%2Fb/"),
        ("GET", "/periodicos"), ("GET", "/periodicos/vencendo"), ("GET", "/periodicos/vencendo?dias=30"),
    ];

    private static readonly (string Method, string Path)[] Absences =
    [
        ("GET", "/clientes/absenteismo/graficos/consolidado/"), ("GET", "/clientes/absenteismo/graficos/cat/"),
        ("GET", "/clientes/absenteismo/graficos/consolidado/?empresa=2"), ("GET", "/clientes/absenteismo/graficos/consolidado/?de=01/01/2015&ate=30/06/2015"),
        ("GET", "/clientes/absenteismo/graficos/cat/?empresa=2"), ("GET", "/clientes/absenteismo/graficos/consolidado/exportar/"),
        ("GET", "/clientes/absenteismo/graficos/cat/exportar/"), ("HEAD", "/clientes/absenteismo/graficos/cat/"),
        ("GET", "/clientes/absenteismo/graficos/consolidado/?de=abc"), ("GET", "/clientes/absenteismo/nada/"), ("GET", "/clientes/absenteismo/graficos/cat"),
    ];

    [Theory]
    [InlineData("periodicals")]
    [InlineData("absenteeism")]
    public async Task A_flipped_route_gives_a_logged_in_user_the_same_status_headers_and_bytes_and_so_does_the_flip_back(string route)
    {
        var pages = route == "periodicals" ? Periodicals : Absences;
        using var user = await ClinicUser.LoggedInAsync(clinic.Facade);
        await StoredRows.AssertEqualAsync(clinic);
        var before = await VisitAsync(user, pages);

        await Tool.FlipAsync(clinic, route, "service");
        var flipped = await VisitAsync(user, pages);
        var owner = (await Tool.RunAsync("explain", "GET", pages[0].Path, "--json", "--admin", clinic.Admin.OriginalString)).Json.GetProperty("owner").GetString();
        await Tool.FlipAsync(clinic, route, "legacy");
        var back = await VisitAsync(user, pages);

        Assert.NotEqual("legacy", owner);
        for (var page = 0; page < pages.Length; page++)
        {
            Answer.AssertSame($"{pages[page]} after the flip", before[page], flipped[page]);
            Answer.AssertSame($"{pages[page]} after the flip back", before[page], back[page]);
        }
    }

    [Fact]
    public async Task A_user_who_is_not_logged_in_is_sent_to_the_same_login_page_and_back()
    {
        using var stranger = new ClinicUser(clinic.Facade);
        string[] pages = ["/periodicos/", "/periodicos/vencendo/?dias=30&x=a%2Fb", "/periodicos/nao-existe/", "/periodicos"];
        var before = await Task.WhenAll(pages.Select(stranger.GetAsync));

        await Tool.FlipAsync(clinic, "periodicals", "service");
        try
        {
            var flipped = await Task.WhenAll(pages.Select(stranger.GetAsync));
            var login = await stranger.SubmitAsync("/login/?next=%2Fperiodicos%2Fvencendo%2F%3Fdias%3D30", "form", new() { ["username"] = "maria", ["password"] = "senha123" });
            var landed = await stranger.GetAsync("/periodicos/vencendo/?dias=30");

            for (var page = 0; page < pages.Length; page++) Answer.AssertSame(pages[page], before[page], flipped[page]);
            Assert.Equal(302, login.Status);
            Assert.Contains("Location: /periodicos/vencendo/?dias=30", login.Headers, StringComparison.Ordinal);
            Assert.Equal(200, landed.Status);
        }
        finally
        {
            await Tool.FlipAsync(clinic, "periodicals", "legacy");
        }
    }

    [Fact]
    public async Task Logging_out_on_legacy_ends_the_session_on_a_flipped_route()
    {
        using var user = await ClinicUser.LoggedInAsync(clinic.Facade);
        await Tool.FlipAsync(clinic, "periodicals", "service");
        try
        {
            var inside = await user.GetAsync("/periodicos/");
            await user.GetAsync("/logout/");
            var outside = await user.GetAsync("/periodicos/");

            Assert.Equal(200, inside.Status);
            Assert.Equal(302, outside.Status);
        }
        finally
        {
            await Tool.FlipAsync(clinic, "periodicals", "legacy");
        }
    }

    private static async Task<List<Answer>> VisitAsync(ClinicUser user, (string Method, string Path)[] pages)
    {
        var answers = new List<Answer>();
        foreach (var (method, path) in pages) answers.Add(await user.SendAsync(new HttpMethod(method), path));
        return answers;
    }
}

[Collection(nameof(CombinedClinic))]
public sealed class CombinedFlipTests(CombinedClinic clinic) : FlipTests<CombinedClinic>(clinic);

[Collection(nameof(DistributedClinic))]
public sealed class DistributedFlipTests(DistributedClinic clinic) : FlipTests<DistributedClinic>(clinic);
