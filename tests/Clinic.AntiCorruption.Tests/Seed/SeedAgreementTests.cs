using Clinic.AntiCorruption.Tests.Translators;

namespace Clinic.AntiCorruption.Tests.Seed;

/// <summary>The legacy's own code is the witness: for every row, what consumers hold is what its screens show.</summary>
public sealed class SeedAgreementTests(SeededLegacy legacy)
{
    [Fact]
    public void Consumers_list_the_same_periodical_exams_as_the_legacy_screen()
    {
        var view = Backfilled();

        var shown = legacy.LegacyPatients.Select(row => LegacyView.PeriodicalLine(row.Value)).Where(line => line is not null).Order(StringComparer.Ordinal);
        var held = legacy.LegacyPatients.Keys.Select(id => LegacyView.PeriodicalLine(view, id)).Where(line => line is not null).Order(StringComparer.Ordinal);

        Assert.Equal(shown, held);
    }

    [Fact]
    public void Consumers_count_the_same_absences_as_the_legacy_charts()
    {
        var view = Backfilled();

        var shown = legacy.LegacyAbsences.Select(row => LegacyView.AbsenceLine(row.Value)).Where(line => line is not null).Order(StringComparer.Ordinal);
        var held = legacy.LegacyAbsences.Keys.Select(id => LegacyView.AbsenceLine(view, id)).Where(line => line is not null).Order(StringComparer.Ordinal);

        Assert.Equal(shown, held);
    }

    [Fact]
    public void Consumers_know_the_sex_and_the_cpf_that_the_legacy_screens_show()
    {
        var patients = Backfilled().Patients;

        Assert.All(patients, patient => Assert.Equal(
            (SexLetter(patient.Value.Sex), CpfLetter(patient.Value.CpfStatus)),
            (legacy.LegacyPatients[patient.Key].GetSexo(), Legacy.Models.SituacaoCpf(legacy.LegacyPatients[patient.Key].cpf))));

        static char SexLetter(string sex) => sex switch { "male" => 'M', "female" => 'F', _ => '?' };
        static char CpfLetter(string status) => status switch { "valid" => 'V', "missing" => 'F', _ => 'I' };
    }

    [Fact]
    public void Same_row_translated_twice_gives_the_same_messages()
    {
        foreach (var (translator, rows) in legacy.Work)
        {
            Assert.All(rows, row => Assert.Equal(translator.Insert(row), translator.Insert(new(row))));
        }
    }

    private ConsumerView Backfilled()
    {
        var view = new ConsumerView();
        foreach (var (translator, rows) in legacy.Work)
        {
            foreach (var row in rows) view.Apply(translator.Translate(translator.Inserted(row)));
        }

        return view;
    }
}
