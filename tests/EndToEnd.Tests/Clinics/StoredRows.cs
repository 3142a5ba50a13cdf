using System.Diagnostics;
using System.Globalization;
using Clinic.AntiCorruption.Translators;
using Clinic.Contracts.Absences;
using Clinic.Contracts.Patients;
using Clinic.Contracts.PeriodicalDates;
using Dapper;
using Strangler.AntiCorruption;
using Strangler.Messaging;

namespace EndToEnd.Tests.Clinics;

/// <summary>Every row of the services' stores as text, one line a row; and what legacy's rows translate to, in the same form.</summary>
public static class StoredRows
{
    /// <summary>What the services have.</summary>
    public static async Task<IReadOnlyList<string>> OfServicesAsync(RunningClinic clinic) =>
    [
        .. await LinesAsync(clinic.PeriodicalDatesStore, "select 'patient|' || patient_id || '|' || name || '|' || cast(active as integer) from patients"),
        .. await LinesAsync(clinic.PeriodicalDatesStore, "select 'exam|' || patient_id || '|' || cast(last_exam_date as text) || '|' || expiration_days from periodical_exams"),
        .. await LinesAsync(
            clinic.AbsenteeismStore,
            """
            select 'absence|' || absence_id || '|' || cast(starts_on as text) || '|' || cast(ends_on as text) || '|'
              || coalesce(chapter, '-') || '|' || coalesce(cast(cast(work_accident as integer) as text), '-')
            from absences
            """),
    ];

    /// <summary>What they must have: every legacy row of now through the real translators. A chapter of "other" and none are one to the service.</summary>
    public static async Task<IReadOnlyList<string>> ExpectedOfLegacyAsync(RunningClinic clinic)
    {
        var lines = new List<string>();
        foreach (var translator in (ITranslator[])[new PatientTranslator(), new PeriodicalDateTranslator(), new AbsenceTranslator()])
        {
            foreach (var row in await RowsAsync(clinic.LegacyStore, translator.Table))
            {
                var change = new RowChange(translator.Table, ChangeKind.Insert, null, row, new MessageVersion(1, 0), DateTimeOffset.UnixEpoch);
                if (translator.Translate(change) is Translation.Published published) lines.AddRange(published.Messages.Select(message => Line(message.Body)).OfType<string>());
            }
        }

        return lines;
    }

    /// <summary>Waits until the services have exactly what legacy's rows translate to; fails with the first differences when they do not come to it.</summary>
    public static async Task AssertEqualAsync(RunningClinic clinic)
    {
        var watch = Stopwatch.StartNew();
        string? difference;
        while ((difference = await DifferenceAsync(clinic)) is not null && watch.Elapsed < TimeSpan.FromSeconds(60)) await Task.Delay(100);
        Assert.True(difference is null, difference);
    }

    /// <summary>The first differences between what the services have and what legacy's rows translate to; null when there is none.</summary>
    public static async Task<string?> DifferenceAsync(RunningClinic clinic)
    {
        var expected = (await ExpectedOfLegacyAsync(clinic)).ToHashSet();
        var stored = (await OfServicesAsync(clinic)).ToHashSet();
        string[] differences = [.. expected.Except(stored).Select(line => "missing " + line), .. stored.Except(expected).Select(line => "extra " + line)];
        if (expected.Count == 0) return "legacy has no rows to compare with";
        return differences.Length == 0 ? null : $"{differences.Length} differences:\n{string.Join('\n', differences.Take(10))}";
    }

    private static string? Line(object body) => body switch
    {
        PatientState patient => $"patient|{patient.PatientId}|{patient.Name.ToUpperInvariant()}|{(patient.Active ? 1 : 0)}",
        ExamDateChangedV2 exam => $"exam|{exam.PatientId}|{exam.LastExamDate:yyyy-MM-dd}|{exam.ExpirationDays}",
        AbsenceState absence => $"absence|{absence.AbsenceId}|{absence.StartsOn:yyyy-MM-dd}|{absence.EndsOn:yyyy-MM-dd}|{(absence.Chapter is null or AbsenceState.OtherChapter ? "-" : absence.Chapter)}|"
            + (absence.WorkAccident is { } accident ? accident ? "1" : "0" : "-"),
        _ => null,
    };

    private static async Task<List<string>> LinesAsync(string store, string sql)
    {
        await using var source = StoreDataSource.Create(store);
        await using var connection = await source.OpenConnectionAsync();
        return [.. await connection.QueryAsync<string>(sql)];
    }

    private static async Task<List<SourceRow>> RowsAsync(string store, string table)
    {
        await using var source = StoreDataSource.Create(store);
        await using var connection = await source.OpenConnectionAsync();
        var rows = await connection.QueryAsync($"select * from {table}");
        return [.. rows.Select(row => new SourceRow(((IDictionary<string, object?>)row).ToDictionary(cell => cell.Key, cell => Convert.ToString(cell.Value, CultureInfo.InvariantCulture) is { } text && cell.Value is not null ? text : null)))];
    }
}
