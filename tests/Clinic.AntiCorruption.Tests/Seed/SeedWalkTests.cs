using Clinic.AntiCorruption.Tests.Translators;
using Clinic.Legacy;
using Strangler.AntiCorruption;

namespace Clinic.AntiCorruption.Tests.Seed;

/// <summary>
/// Rows take the cells of other rows, come and go, for thousands of changes; after each one consumers hold what the legacy's code shows
/// of the row as it is now. Most awkward rows of the seed are near its beginning, so most cells are taken from there.
/// </summary>
public sealed class SeedWalkTests(SeededLegacy legacy)
{
    private const int Steps = 30_000;
    private const int Rows = 40;
    private const int AwkwardRows = 210;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_happens_to_a_patient_row_consumers_show_what_legacy_shows(int seed) =>
        Walk(seed, legacy.Patients, legacy.Work.Take(2), (row, view, id) => (row is null ? null : LegacyView.PeriodicalLine(Patient(row)), LegacyView.PeriodicalLine(view, id)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_happens_to_an_absence_row_consumers_count_what_legacy_counts(int seed) =>
        Walk(seed, legacy.Absences, legacy.Work.Skip(2), (row, view, id) => (row is null ? null : LegacyView.AbsenceLine(Absence(row)), LegacyView.AbsenceLine(view, id)));

    private static void Walk(
        int seed,
        IReadOnlyList<Dictionary<string, string?>> pool,
        IEnumerable<(ITranslator Translator, IReadOnlyList<Dictionary<string, string?>> Rows)> work,
        Func<Dictionary<string, string?>?, ConsumerView, long, (string? Shown, string? Held)> compare)
    {
        var chance = new Random(seed);
        var translators = work.Select(item => item.Translator).ToList();
        var table = new Dictionary<string, string?>?[Rows];
        var view = new ConsumerView();
        var shown = 0;

        for (var step = 0; step < Steps; step++)
        {
            var id = chance.Next(Rows);
            var was = table[id];
            var now = was is not null && chance.Next(10) == 0 ? null : Mix(chance, was, pool, id + 1);
            table[id] = now;

            foreach (var translator in translators)
            {
                view.Apply(translator.Translate((was, now) switch
                {
                    (null, { } row) => translator.Inserted(row),
                    ({ } row, null) => translator.Deleted(row),
                    _ => translator.Updated(was, now!),
                }));
            }

            var (legacyLine, consumerLine) = compare(now, view, id + 1);
            Assert.True(legacyLine == consumerLine, $"Step {step} of seed {seed}: legacy shows '{legacyLine}', consumers '{consumerLine}'.");
            if (legacyLine is not null) shown++;
        }

        // A walk that showed nothing, or everything, would have proved nothing.
        Assert.InRange(shown, Steps / 10, Steps - (Steps / 10));
    }

    private static Dictionary<string, string?> Mix(Random chance, Dictionary<string, string?>? was, IReadOnlyList<Dictionary<string, string?>> pool, int id)
    {
        var row = new Dictionary<string, string?>(was ?? Pick()) { ["id"] = $"{id}" };
        var cells = row.Keys.Where(column => column != "id").ToArray();
        foreach (var column in chance.GetItems(cells, chance.Next(1, 6))) row[column] = Pick()[column];
        return row;

        Dictionary<string, string?> Pick() => pool[chance.Next(3) == 0 ? chance.Next(pool.Count) : chance.Next(AwkwardRows)];
    }

    private static Paciente Patient(Dictionary<string, string?> row) => new()
    {
        id = int.Parse(row["id"]!, null), nome = row["nome"], empresa_id = Number(row["empresa_id"]), empresa_nome = row["empresa_nome"], status = row["status"],
        excluido = row["excluido"], dt_excl = row["dt_excl"], unificado_em = Number(row["unificado_em"]), dt_ult_exame = row["dt_ult_exame"], dias_venc = row["dias_venc"],
    };

    private static Absenteismo Absence(Dictionary<string, string?> row) => new()
    {
        id = int.Parse(row["id"]!, null), paciente_id = Number(row["paciente_id"]), empresa_id = Number(row["empresa_id"]), inicio = row["inicio"], fim = row["fim"],
        dias = Number(row["dias"]), dias_txt = row["dias_txt"], cat = row["cat"], cid_txt = row["cid_txt"],
    };

    private static int? Number(string? text) => text is null ? null : int.Parse(text, null);
}
