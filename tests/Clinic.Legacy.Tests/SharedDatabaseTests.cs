using Clinic.Legacy.Tests.Site;
using Strangler.Tests.Servers;

namespace Clinic.Legacy.Tests;

/// <summary>Nine branches had nine machines on one database.</summary>
public sealed class SharedDatabaseTests
{
    [Fact]
    public async Task Branches_that_start_together_load_the_data_once_and_share_sessions_and_numbers()
    {
        await using var database = await TestDatabase.CreateAsync("legacybranches");
        var branches = await Task.WhenAll(Enumerable.Range(1, 3).Select(branch => RunningLegacy.StartAsync(database.ConnectionString, "--Legacy:Branch", branch == 3 ? "5" : $"{branch}")));
        try
        {
            using var browser = await branches[0].LoggedInAsync();
            var browsers = branches.Select(branch =>
            {
                var other = branch.Anonymous();
                foreach (var (name, value) in browser.Cookies) other.Cookies[name] = value;
                return other;
            }).ToArray();

            var ids = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => browsers[i % 3].NewPatientAsync($"Paralela {i:00}")));
            Assert.Equal(Enumerable.Range(501, 30), ids.Order());

            var manaus = browsers[2];
            await manaus.NewRequestAsync(await manaus.NewPatientAsync("Chega em Manaus", ("cpf", "90909090909")));
            Assert.Equal(302, (await manaus.PostAsync("/fila/chegada/", ("cpf", "90909090909"), ("empresa", "1"))).Status);

            // Four hours behind UTC, and in the queue of that branch alone.
            Assert.Equal("26/07/2015 21:30", (await manaus.GetAsync("/fila/")).Rows().Single(row => row[0] == "CHEGA EM MANAUS")[2]);
            Assert.DoesNotContain((await browsers[0].GetAsync("/fila/")).Rows(), row => row[0] == "CHEGA EM MANAUS");
            Assert.Equal("Paciente já está presente.", (await browsers[0].PostAsync("/fila/chegada/", ("cpf", "90909090909"), ("empresa", "1"))).Error);
            foreach (var other in browsers) other.Dispose();
        }
        finally
        {
            foreach (var branch in branches) await branch.DisposeAsync();
        }
    }
}
