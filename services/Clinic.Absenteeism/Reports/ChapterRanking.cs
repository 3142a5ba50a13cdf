namespace Clinic.Absenteeism.Reports;

/// <summary>A line of the chart by chapter.</summary>
/// <param name="Chapter">Number of the chapter; <see cref="IcdChapter.Other"/> for the tail.</param>
/// <param name="Tally">Its counts.</param>
internal sealed record RankedChapter(int Chapter, Tally Tally);

/// <summary>The eight chapters that cost most days, and one tail, always there, for the others and for what has no chapter.</summary>
internal static class ChapterRanking
{
    private const int Shown = 8;

    public static IReadOnlyList<RankedChapter> Of(AbsenceReport report)
    {
        var known = report.Chapters
            .Where(chapter => chapter.Key != IcdChapter.Other)
            .OrderByDescending(chapter => chapter.Value.Days)
            .ThenByDescending(chapter => chapter.Value.Absences)
            .ThenBy(chapter => chapter.Key)
            .Select(chapter => new RankedChapter(chapter.Key, chapter.Value))
            .ToList();

        var tail = new Tally();
        foreach (var chapter in known.Skip(Shown)) tail.Add(chapter.Tally);
        if (report.Chapters.TryGetValue(IcdChapter.Other, out var other)) tail.Add(other);
        return [.. known.Take(Shown), new RankedChapter(IcdChapter.Other, tail)];
    }
}
