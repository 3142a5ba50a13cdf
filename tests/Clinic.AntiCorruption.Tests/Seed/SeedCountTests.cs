using Clinic.AntiCorruption.Tests.Translators;
using Strangler.AntiCorruption;

namespace Clinic.AntiCorruption.Tests.Seed;

/// <summary>What becomes of every row of the seed. The figures change only with the seed or with a rule, and then somebody should look.</summary>
public sealed class SeedCountTests(SeededLegacy legacy, ITestOutputHelper output)
{
    [Fact]
    public void Every_row_is_published_skipped_or_quarantined_and_counted()
    {
        var counts = legacy.Work.SelectMany(work => Outcomes(work.Translator, work.Rows).Prepend($"{work.Translator.Name,-16} {"in",-43} {work.Rows.Count,5}"));

        var table = string.Join('\n', counts);
        output.WriteLine(table);
        Assert.Equal(
            """
            patient          in                                          10000
            patient          published patient.merged.v1                     5
            patient          published patient.registered.v1              9846
            patient          published patient.removed.v1                  142
            patient          quarantined X4.no-status                        2
            patient          quarantined X4.unknown-status                   2
            patient          quarantined X8.no-name                          3
            periodical-date  in                                          10000
            periodical-date  published periodical.exam-date-changed.v1    9028
            periodical-date  quarantined X10.no-last-exam                  176
            periodical-date  skipped no-due-days                           796
            absence          in                                           3000
            absence          published absence.recorded.v1                2979
            absence          quarantined X16.days-out-of-range               2
            absence          quarantined X16.end-before-start               14
            absence          quarantined X16.no-start                        1
            absence          quarantined X16.open-end                        1
            absence          quarantined X21.no-patient                      1
            absence          skipped hours-not-days                          2
            """,
            table);
    }

    [Fact]
    public void Doubts_are_counted_too()
    {
        var warnings = legacy.Work
            .SelectMany(work => work.Rows.Select(row => work.Translator.Translate(work.Translator.Inserted(row))))
            .OfType<Translation.Published>()
            .SelectMany(published => published.Messages[0].Warnings)
            .CountBy(warning => warning)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key,-40} {pair.Value,5}");

        var table = string.Join('\n', warnings);
        output.WriteLine(table);
        Assert.Equal(
            """
            birth_date.impossible                        1
            birth_date.in-future                         1
            birth_date.month-first                       1
            birth_date.sentinel                          2
            birth_date.serial-number                     1
            birth_date.two-digit-year                    2
            cid.no-chapter                               2
            cid.words-only                               3
            company_ref.name.encoding-repaired           1
            company_ref.name.entities-decoded            1
            cpf.check-digits                             2
            cpf.company-number                           1
            cpf.not-a-number                             1
            cpf.repeated-digit                           2
            cpf.zeros-restored                           2
            days.differ-from-dates                     128
            days.over-15                               189
            due_on.beyond-calendar                       1
            ends_on.from-days                          194
            ends_on.month-first                          1
            ends_on.sentinel                             1
            last_exam_date.before-birth                  2
            last_exam_date.month-first                   1
            last_exam_date.serial-number               168
            last_exam_date.two-digit-year              162
            name.controls-dropped                        2
            name.encoding-repaired                     348
            name.entities-decoded                       54
            name.lossy                                  48
            name.quotes-straightened                     3
            sex.unknown-code                             1
            starts_on.month-first                        1
            starts_on.two-digit-year                   130
            surviving_id.itself                          1
            work_accident.no-number                     63
            work_accident.unreadable                     1
            """,
            table);
    }

    private static IEnumerable<string> Outcomes(ITranslator translator, IReadOnlyList<Dictionary<string, string?>> rows)
    {
        var outcomes = rows.Select(row => translator.Translate(translator.Inserted(row))).Select(Outcome).CountBy(outcome => outcome)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();

        Assert.Equal(rows.Count, outcomes.Sum(pair => pair.Value));
        return outcomes.Select(pair => $"{translator.Name,-16} {pair.Key,-43} {pair.Value,5}");
    }

    private static string Outcome(Translation translation) => translation switch
    {
        Translation.Published { Messages: [var first, ..] } => $"published {first.Type["clinic.".Length..]}",
        Translation.Skipped skipped => $"skipped {skipped.Reason}",
        Translation.Quarantined refused => $"quarantined {refused.Rule}",
        _ => throw new InvalidOperationException($"{translation} is none of the three outcomes."),
    };
}
