using System.Globalization;
using System.Security.Cryptography;
using Clinic.Legacy.Tests.Site;
using Strangler.Tests.Servers;

namespace Clinic.Legacy.Tests;

public sealed class SeedTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("legacy-seed-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_awkward_cell_is_there_and_counted()
    {
        var cells = Count(Sqlite("a")).Where(line => line[0] is 'X').ToList();

        Assert.All(cells, line => Assert.NotEqual("0", line.Split(' ')[^1]));
        Assert.Equal(
            ["X1", "X10", "X15", "X16", "X2", "X21", "X3", "X4", "X5", "X6", "X7", "X8", "X9"],
            cells.Select(line => line.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal));
        Assert.True(cells.Count > 120, $"only {cells.Count} cells are counted");
    }

    [Fact]
    public async Task PostgreSQL_holds_the_same_rows_but_for_the_nul()
    {
        await using var database = await TestDatabase.CreateAsync("legacyseed");

        Assert.Equal(
            Count(Sqlite("a")).Select(line => line.Replace("NUL (U+0001 no PostgreSQL)", "NUL", StringComparison.Ordinal)).Where(line => !line.StartsWith("X8   NUL ", StringComparison.Ordinal)),
            Count(database.ConnectionString).Where(line => !line.StartsWith("X8   NUL ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task One_number_is_one_database_and_another_number_another()
    {
        var same = await FingerprintAsync("a", 7);

        Assert.Equal(same, await FingerprintAsync("b", 7));
        Assert.NotEqual(same, await FingerprintAsync("c", 8));
    }

    [Fact]
    public async Task Ten_thousand_patients_and_three_thousand_absences_are_there_within_seconds()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await using var legacy = await RunningLegacy.StartAsync(null, "--Legacy:Patients", "10000");
        watch.Stop();
        using var browser = await legacy.LoggedInAsync();

        Assert.Contains("Total: 9864.", (await browser.GetAsync("/pacientes/")).Text, StringComparison.Ordinal);
        Assert.Contains("Total: 3000.", (await browser.GetAsync("/atestados/")).Text, StringComparison.Ordinal);
        // 0.6 s alone; the bar leaves room for a machine that runs other tests.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_database_that_has_data_is_left_alone()
    {
        var connection = Sqlite("kept");
        await using (var first = await RunningLegacy.StartAsync(connection))
        {
            using var browser = await first.LoggedInAsync();
            await browser.NewPatientAsync("Fica Depois");
        }

        await using var second = await RunningLegacy.StartAsync(connection, "--Legacy:Seed", "99");
        using var again = await second.LoggedInAsync();

        Assert.Equal("FICA DEPOIS", (await again.GetAsync("/pacientes/?q=fica+depois")).Rows()[0][1]);
    }

    private string Sqlite(string name) => $"Data Source={Path.Combine(folder, name + ".db")}";

    private List<string> Count(string connection)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        LegacyHost.Contar(["--ConnectionStrings:Legacy", connection, "--Legacy:Patients", "2000", "--Legacy:PickupFolder", folder, "--Legacy:UploadFolder", folder], text);
        return [.. text.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)];
    }

    private async Task<string> FingerprintAsync(string name, int seed)
    {
        await using var legacy = await RunningLegacy.StartAsync(Sqlite(name), "--Legacy:Seed", $"{seed}");
        using var browser = await legacy.LoggedInAsync();
        var patients = await browser.GetAsync("/periodicos/exportar/");
        var absences = await browser.GetAsync("/clientes/absenteismo/graficos/cat/exportar/");
        var requests = await browser.GetAsync("/pedidos/?pagina=2");
        return Convert.ToHexString(SHA256.HashData([.. patients.Body, .. absences.Body, .. requests.Body]));
    }
}
