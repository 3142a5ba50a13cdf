using System.Globalization;
using Clinic.AntiCorruption.Translators;
using Clinic.Legacy;
using Dapper;
using Strangler.AntiCorruption;

[assembly: AssemblyFixture(typeof(Clinic.AntiCorruption.Tests.Seed.SeededLegacy))]

namespace Clinic.AntiCorruption.Tests.Seed;

/// <summary>The legacy database as its own seed 42 writes it: every row as text, as a feed hands it over, and as the legacy's own code reads it.</summary>
public sealed class SeededLegacy : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("seeded-legacy-");

    public SeededLegacy()
    {
        var database = $"Data Source={Path.Combine(folder.FullName, "legacy.db")};Pooling=False";
        LegacyHost.Contar(
            [
                "--ConnectionStrings:Legacy", database, "--Legacy:Seed", "42", "--Legacy:Patients", "10000",
                "--Legacy:PickupFolder", Path.Combine(folder.FullName, "mail"), "--Legacy:UploadFolder", Path.Combine(folder.FullName, "uploads"),
            ],
            TextWriter.Null);

        using var connection = new Banco(database).Abrir();
        Patients = [.. connection.Query("select * from site_paciente order by id").Select(AsText)];
        Absences = [.. connection.Query("select * from site_absenteismo order by id").Select(AsText)];
        LegacyPatients = connection.Query<Paciente>("select * from site_paciente").ToDictionary(patient => (long)patient.id);
        LegacyAbsences = connection.Query<Absenteismo>("select * from site_absenteismo").ToDictionary(absence => (long)absence.id);
    }

    public IReadOnlyList<Dictionary<string, string?>> Patients { get; }

    public IReadOnlyList<Dictionary<string, string?>> Absences { get; }

    public IReadOnlyDictionary<long, Paciente> LegacyPatients { get; }

    public IReadOnlyDictionary<long, Absenteismo> LegacyAbsences { get; }

    /// <summary>Every translator of the host with the rows of its table.</summary>
    internal IEnumerable<(ITranslator Translator, IReadOnlyList<Dictionary<string, string?>> Rows)> Work =>
    [
        (new PatientTranslator(), Patients),
        (new PeriodicalDateTranslator(), Patients),
        (new AbsenceTranslator(), Absences),
    ];

    public void Dispose() => folder.Delete(recursive: true);

    private static Dictionary<string, string?> AsText(dynamic row) =>
        ((IDictionary<string, object?>)row).ToDictionary(cell => cell.Key, cell => cell.Value is null ? null : Convert.ToString(cell.Value, CultureInfo.InvariantCulture));
}
