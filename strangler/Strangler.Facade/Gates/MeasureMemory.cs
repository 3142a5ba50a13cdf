using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>Reads and writes the measures in the state folder.</summary>
internal sealed class MeasureMemory(StateFolder state, ILogger<MeasureMemory> log)
{
    private readonly KeptFile<Dictionary<string, KeptMeasure>> file = state.Kept<Dictionary<string, KeptMeasure>>("measures", "gates begin to count anew", log);

    /// <summary>The measures of before the start, by route; empty when there are none, or the file says nothing that can be read.</summary>
    public Dictionary<string, KeptMeasure> Read() => file.Read() ?? [];

    /// <summary>Keeps them. One caller at a time.</summary>
    public void Keep(IEnumerable<RouteMeasure> measures)
    {
        var kept = measures.OrderBy(measure => measure.Route, StringComparer.Ordinal).ToDictionary(measure => measure.Route, measure => measure.Keep());
        if (kept.Count > 0 || file.Exists) file.Write(kept);
    }
}

/// <summary>A measure as kept in the state folder.</summary>
internal sealed record KeptMeasure(string Setting, DateTimeOffset Since, bool LegacyAnswers, SideCounts? LegacyBefore, IReadOnlyList<KeptWindow> Windows);

/// <summary>A window of a measure, the older first.</summary>
internal sealed record KeptWindow(DateTimeOffset Began, SideCounts Service, SideCounts Legacy);
