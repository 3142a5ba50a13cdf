using System.Text.Json;
using System.Text.RegularExpressions;
using Clinic.AntiCorruption.Tests.Contracts;
using Clinic.AntiCorruption.Tests.Seed;
using Clinic.AntiCorruption.Tests.Translators;
using Clinic.AntiCorruption.Translators;
using Clinic.Contracts.Patients;
using Strangler.AntiCorruption;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Clinic.AntiCorruption.Tests.Words;

/// <summary>The words of the legacy's tables, taken from the tables themselves, stay on the legacy's side.</summary>
public sealed partial class VocabularyTests(SeededLegacy legacy)
{
    // Words that English, or every Brazilian clinic whatever its software, has too.
    private static readonly string[] Everybodys = ["id", "status", "cpf", "cid", "cat", "crm", "uf", "email", "username", "password", "first_name", "last_name"];

    // Dates by which screens say that there is none, as a message would write them.
    private static readonly string[] NoDates = ["1900-01-01", "9999-12-31", "0000-00-00"];

    // What a message may say although a code of the legacy looks like it: the chapters of the ICD are called so all over the world.
    private static readonly string[] TheWorlds = ["$.chapter is the code 'I'", "$.chapter is the code 'X'"];

    private static readonly HashSet<string> LegacyWords = FindLegacyWords();

    private HashSet<string> LegacyCodes =>
    [
        .. CodesIn(legacy.Patients, "status", "sexo", "excluido", "presente", "disponivel", "dias_venc", "cpf"),
        .. CodesIn(legacy.Absences, "cat", "dias_txt"),
        .. NoDates,
    ];

    private SourceVocabulary Vocabulary => field ??= new(LegacyWords, LegacyCodes);

    [Fact]
    public void The_list_of_legacy_words_is_not_empty_by_accident() =>
        Assert.Superset(new HashSet<string> { "site_paciente", "site_absenteismo", "dias_venc", "dt_ult_exame", "unificado_em", "nome", "excluido", "inicio" }, LegacyWords);

    [Fact]
    public void The_list_of_legacy_codes_is_not_empty_by_accident() =>
        Assert.Superset(new HashSet<string> { "A", "ATIVO", "9", "Masculino", "S", "on", "talvez", "VENCIDO", "ISENTO", "9999-12-31" }, LegacyCodes);

    [Fact]
    [Behaviour(40)]
    public void No_contract_names_a_legacy_word_or_code() =>
        Assert.Empty(AsyncApiTests.Contracts.SelectMany(Vocabulary.FindIn));

    [Fact]
    [Behaviour(40)]
    public void No_message_of_any_row_whatever_happens_to_it_has_a_legacy_word_or_a_raw_code()
    {
        var messages = legacy.Work.SelectMany(work => work.Rows.SelectMany((row, index) => EverythingThatHappens(work.Translator, row, work.Rows[(index + 1) % work.Rows.Count])));

        Assert.Empty(messages.SelectMany(Vocabulary.FindIn).Where(found => !TheWorlds.Any(found.EndsWith)).Distinct());
    }

    [Fact]
    [Behaviour(40)]
    public void A_raw_code_that_a_translator_lets_through_is_found()
    {
        var patients = legacy.Patients.Select(row => (Row: row, Patient: new PatientTranslator().Translate(new PatientTranslator().Inserted(row)))).ToList();
        var planted = patients.Where(one => one.Patient is Translation.Published { Messages: [{ Body: PatientRegistered }] })
            .Select(one => Message(one.Patient) with { Body = new PatientRegistered((PatientRegistered)Message(one.Patient).Body) { Sex = one.Row["sexo"] ?? "" } });

        Assert.Superset(new HashSet<string> { "clinic.patient.registered.v1: $.sex is the code 'M'", "clinic.patient.registered.v1: $.sex is the code '0'" }, planted.SelectMany(Vocabulary.FindIn).ToHashSet());
        Assert.Equal(
            ["clinic.patient.removed.v1: $.removed_at is the code '1900-01-01'", "clinic.patient.removed.v1: $.reason is the code 's'"],
            Vocabulary.FindIn(new DomainMessage(PatientRemoved.Type, "patient/1", new PatientRemoved(1, new(1900, 1, 1), "s"), [])));

        static DomainMessage Message(Translation translation) => ((Translation.Published)translation).Messages[0];
    }

    [Fact]
    public void No_warning_reason_or_rule_that_travels_with_a_message_has_a_legacy_word()
    {
        var codes = legacy.Work.SelectMany(work => work.Rows.Select(row => work.Translator.Translate(work.Translator.Inserted(row)))).SelectMany(translation => translation switch
        {
            Translation.Published published => published.Messages.SelectMany(message => message.Warnings),
            Translation.Skipped skipped => [skipped.Reason],
            Translation.Quarantined refused => [refused.Rule],
            _ => [],
        });

        Assert.Empty(codes.Distinct().SelectMany(Words).Intersect(LegacyWords).Order());
    }

    [Fact]
    public void No_service_and_no_contract_spells_a_legacy_table_or_a_column_of_two_words()
    {
        var telling = LegacyWords.Where(word => word.Contains('_')).Select(Regex.Escape);
        var spelled = new Regex($@"\b({string.Join('|', telling)})\b");

        var files = Directory.EnumerateFiles(Repository.PathOf("services"), "*.*", SearchOption.AllDirectories)
            .Where(path => Path.GetExtension(path) is ".cs" or ".sql" or ".json" or ".html" && Path.GetFileName(path) != "packages.lock.json")
            .ToList();

        Assert.NotEmpty(files);
        Assert.Empty(files.Where(path => spelled.IsMatch(File.ReadAllText(path))).Select(path => Path.GetRelativePath(Repository.Root, path)));
    }

    /// <summary>Quarantine reasons are read by operators, who need the column's name but nobody's data. A number of days names nobody.</summary>
    [Fact]
    public void No_reason_of_a_refusal_repeats_a_cell_of_its_row()
    {
        foreach (var (translator, rows) in legacy.Work)
        {
            foreach (var row in rows)
            {
                if (translator.Translate(translator.Inserted(row)) is not Translation.Quarantined refused) continue;

                var cells = row.Where(cell => cell.Key is not ("id" or "dias" or "dias_txt") && cell.Value is { Length: > 3 }).Select(cell => cell.Value!);
                Assert.All(cells, cell => Assert.DoesNotContain(cell, refused.Reason, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Messages_of_the_seed_are_written_in_the_fields_of_the_contract_and_no_others()
    {
        var fields = MessageShapeTests.All().ToDictionary(row => row.Data.Item1, row => Fields(JsonDocument.Parse(row.Data.Item3).RootElement));

        var strangers = legacy.Work
            .SelectMany(work => work.Rows.Select(row => work.Translator.Translate(work.Translator.Inserted(row))))
            .OfType<Translation.Published>()
            .SelectMany(published => published.Messages)
            .Where(message => !Fields(JsonSerializer.SerializeToElement(message.Body, message.Body.GetType(), MessageJson.Options)).SequenceEqual(fields[message.Type]))
            .Select(message => message.Type);

        Assert.Empty(strangers.Distinct());
    }

    private static IEnumerable<string> Fields(JsonElement body) => body.EnumerateObject().Select(field => field.Name);

    private static IEnumerable<DomainMessage> EverythingThatHappens(ITranslator translator, Dictionary<string, string?> row, Dictionary<string, string?> next) =>
        new[]
        {
            translator.Translate(translator.Inserted(row)),
            translator.Translate(translator.Updated(row, new(next) { ["id"] = row["id"] })),
            translator.Translate(translator.Deleted(row)),
        }.SelectMany(translation => translation switch
        {
            Translation.Published published => published.Messages,
            Translation.Quarantined refused => refused.Meanwhile,
            _ => [],
        });

    // A word of a code column, in letters or one digit; longer numbers there are numbers.
    private static IEnumerable<string> CodesIn(IReadOnlyList<Dictionary<string, string?>> rows, params string[] columns) =>
        columns.SelectMany(column => rows.Select(row => row[column]?.Trim() ?? "")).Where(cell => cell.Length > 0 && (cell.Length == 1 || !cell.Any(char.IsDigit))).Distinct();

    // A name counts whole and by its parts: patient_nome is as foreign as nome.
    private static IEnumerable<string> Words(string name) => name.Split('.', '-', '_').Concat(name.Split('.'));

    private static HashSet<string> FindLegacyWords()
    {
        var tables = TableDefinition().Matches(Legacy.Models.Tabelas);
        var words = tables.SelectMany(table => ColumnDefinition().Matches(table.Groups["columns"].Value).Select(column => column.Groups["name"].Value)
            .Prepend(table.Groups["table"].Value));

        return [.. words.Except(Everybodys)];
    }

    [GeneratedRegex(@"create table if not exists (?<table>\w+) \((?<columns>.*?)\);", RegexOptions.Singleline)]
    private static partial Regex TableDefinition();

    [GeneratedRegex(@"(?:^|,)\s*(?<name>\w+) (?=integer|varchar|text)")]
    private static partial Regex ColumnDefinition();
}
