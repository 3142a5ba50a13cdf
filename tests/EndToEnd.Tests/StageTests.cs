using System.Text.Json;
using Dapper;
using EndToEnd.Tests.Clinics;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace EndToEnd.Tests;

/// <summary>The stages between legacy and service, and what happens when the service dies: the user gets the same bytes in all of them.</summary>
[Collection(nameof(DistributedClinic))]
public sealed class StageTests(DistributedClinic clinic) : SharedClinicTests(clinic)
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
    public async Task Shadow_proves_that_the_service_answers_like_legacy_and_finds_the_field_in_which_it_does_not()
    {
        using var user = await ClinicUser.LoggedInAsync(clinic.Facade);
        await StoredRows.AssertEqualAsync(clinic);
        await Tool.FlipAsync(clinic, "periodicals", "shadow");
        await VisitAsync(user);
        var found = await ComparedAsync(Pages.Length);
        Assert.Equal(Pages.Length, found.GetProperty("counts").GetProperty("equal").GetInt32());

        // One name in the service's own store goes wrong, as a forgotten rule would make it.
        await using (var store = StoreDataSource.Create(clinic.PeriodicalDatesStore))
        await using (var connection = await store.OpenConnectionAsync())
        {
            var patient = await connection.ExecuteScalarAsync<long>("select e.patient_id from periodical_exams e join patients p on p.patient_id = e.patient_id where p.active order by p.name limit 1");
            await connection.ExecuteAsync("update periodical_exams set expiration_days = expiration_days + 1 where patient_id = @patient", new { patient });
            await user.GetAsync("/periodicos/exportar/");
            found = await ComparedAsync(Pages.Length + 1);
            await connection.ExecuteAsync("update periodical_exams set expiration_days = expiration_days - 1 where patient_id = @patient", new { patient });
        }

        await Tool.FlipAsync(clinic, "periodicals", "legacy");
        Assert.Equal(1, found.GetProperty("counts").GetProperty("different").GetInt32());
        Assert.Single(found.GetProperty("fields").EnumerateArray(), field => field.GetProperty("verdict").GetString() == "mismatch");

        async Task<JsonElement> ComparedAsync(int copies)
        {
            JsonElement report = default;
            await Wait.UntilAsync(
                async () =>
                {
                    report = (await Tool.RunAsync("mismatches", "periodicals", "--json", "--admin", clinic.Admin.OriginalString)).Json;
                    return report.GetProperty("counts").GetProperty("compared").GetInt32() == copies;
                },
                $"{copies} copies are compared");
            return report;
        }
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
