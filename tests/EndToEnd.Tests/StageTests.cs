using EndToEnd.Tests.Clinics;

namespace EndToEnd.Tests;

/// <summary>The stages between legacy and service, and what happens when the service dies: the user gets the same bytes in all of them.</summary>
public sealed class StageTests(DistributedClinic clinic) : IClassFixture<DistributedClinic>
{
    private static readonly string[] Pages = ["/periodicos/", "/periodicos/?q=ana&pagina=2", "/periodicos/vencendo/?dias=30", "/periodicos/exportar/", "/periodicos/nao-existe/"];

    [Fact]
    public async Task Every_share_of_a_canary_gives_the_user_the_same_bytes_and_explain_says_from_whom()
    {
        using var user = await ClinicUser.LoggedInAsync(clinic.Facade);
        await StoredRows.AssertEqualAsync(clinic);
        var before = await VisitAsync(user);
        var owners = new List<string>();
        foreach (var share in (string[])["0", "50", "100"])
        {
            await Tool.FlipAsync(clinic, "periodicals", "canary", "--share", share);
            AssertSame($"share {share}", before, await VisitAsync(user));
            var explained = await Tool.RunAsync("explain", "GET", "/periodicos/", "--user", "maria", "--json", "--admin", clinic.Admin.OriginalString);
            owners.Add(explained.Json.GetProperty("owner").GetString()!);
        }

        await Tool.FlipAsync(clinic, "periodicals", "legacy");
        AssertSame("back", before, await VisitAsync(user));
        Assert.Equal(("legacy", "periodical-dates"), (owners[0], owners[2]));
    }

    [Fact]
    public async Task A_service_that_is_killed_while_it_owns_its_route_is_answered_for_by_legacy()
    {
        using var user = await ClinicUser.LoggedInAsync(clinic.Facade);
        await StoredRows.AssertEqualAsync(clinic);
        var before = await VisitAsync(user);
        await Tool.FlipAsync(clinic, "periodicals", "service");
        AssertSame("service", before, await VisitAsync(user));

        await clinic.KillAsync("periodical-dates");
        for (var round = 0; round < 10; round++) AssertSame("service dead", before, await VisitAsync(user));

        await clinic.StartAsync();
        await Tool.FlipAsync(clinic, "periodicals", "legacy");
    }

    private static async Task<List<Answer>> VisitAsync(ClinicUser user)
    {
        var answers = new List<Answer>();
        foreach (var page in Pages) answers.Add(await user.GetAsync(page));
        return answers;
    }

    private static void AssertSame(string when, List<Answer> before, List<Answer> after)
    {
        for (var page = 0; page < Pages.Length; page++) Answer.AssertSame($"{Pages[page]}: {when}", before[page], after[page]);
    }
}
