using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>Reads and writes the measures in the state folder. A disk that fails costs what was measured before a restart, nothing else.</summary>
internal sealed partial class MeasureMemory(StateFolder state, ILogger<MeasureMemory> log)
{
    private byte[] _written = [];

    /// <summary>The measures of before the start, by route; empty when there are none, or the file says nothing that can be read.</summary>
    public IReadOnlyDictionary<string, KeptMeasure> Read()
    {
        try
        {
            if (File.Exists(state.MeasuresFile)) return JsonSerializer.Deserialize<Dictionary<string, KeptMeasure>>(File.ReadAllBytes(state.MeasuresFile)) ?? [];
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or JsonException)
        {
            LogUnread(state.MeasuresFile, cause.Message);
        }

        return new Dictionary<string, KeptMeasure>();
    }

    /// <summary>Writes them when they changed since the last time. One caller at a time.</summary>
    public void Keep(IEnumerable<RouteMeasure> measures)
    {
        var kept = measures.OrderBy(measure => measure.Route, StringComparer.Ordinal).ToDictionary(
            measure => measure.Route, measure => new KeptMeasure(measure.Setting, measure.Since, measure.Service.Read(), measure.Legacy.Read()));
        if (kept.Count == 0 && !File.Exists(state.MeasuresFile)) return;
        var content = JsonSerializer.SerializeToUtf8Bytes(kept);
        if (content.AsSpan().SequenceEqual(_written)) return;
        try
        {
            StateFolder.Replace(state.MeasuresFile, content);
            _written = content;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            LogUnwritten(state.MeasuresFile, cause.Message);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{File} cannot be read, so gates begin to count anew: {Reason}")]
    private partial void LogUnread(string file, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{File} cannot be written; after a restart gates begin to count anew: {Reason}")]
    private partial void LogUnwritten(string file, string reason);
}

/// <summary>A measure as kept in the state folder.</summary>
internal sealed record KeptMeasure(string Setting, DateTimeOffset Since, SideCounts Service, SideCounts Legacy);
