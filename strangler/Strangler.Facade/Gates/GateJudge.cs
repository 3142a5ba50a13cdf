using System.Globalization;

namespace Strangler.Facade;

/// <summary>Judges what was measured. Pure.</summary>
internal static class GateJudge
{
    // A route that takes no time at all would otherwise fail by the clock's own noise.
    private const decimal GraceMilliseconds = 5;

    /// <summary>The gates of a route in stage canary.</summary>
    public static IReadOnlyList<GateResult> Canary(GateRule rule, SideCounts service, SideCounts legacy)
    {
        var (errors, slow) = (legacy.ErrorPercent + rule.Errors, (legacy.Slow * rule.Latency) + GraceMilliseconds);
        return
        [
            Judge("errors", "%", service.ErrorPercent, legacy.ErrorPercent, errors, Missing(rule, service, legacy)),
            Judge("latency", " ms", service.Slow, legacy.Slow, Math.Round(slow, 1), Missing(rule, service, legacy)),
        ];
    }

    /// <summary>The gate of a route in stage shadow.</summary>
    /// <param name="rule">The limits.</param>
    /// <param name="compared">How many answers were compared.</param>
    /// <param name="different">How many of them differed.</param>
    public static IReadOnlyList<GateResult> Shadow(GateRule rule, long compared, long different)
    {
        var percent = compared == 0 ? 0 : Math.Round(100m * different / compared, 3);
        return [Judge("mismatches", "%", percent, null, rule.Mismatches, compared < rule.Samples ? $"{compared} of {rule.Samples} answers compared" : null)];
    }

    /// <summary>Of all: a failure fails, and what is open leaves it open.</summary>
    public static GateVerdict Overall(IReadOnlyList<GateResult> gates) =>
        gates.Any(gate => gate.Verdict == GateVerdict.Fail) ? GateVerdict.Fail
        : gates.Count == 0 || gates.Any(gate => gate.Verdict == GateVerdict.Inconclusive) ? GateVerdict.Inconclusive
        : GateVerdict.Pass;

    private static GateResult Judge(string name, string unit, decimal service, decimal? legacy, decimal limit, string? missing)
    {
        var verdict = missing is not null ? GateVerdict.Inconclusive : service <= limit ? GateVerdict.Pass : GateVerdict.Fail;
        var against = legacy is { } other ? $", legacy {Text(other)}{unit}" : "";
        return new GateResult(name, verdict, service, legacy, limit, $"service {Text(service)}{unit}{against}, limit {Text(limit)}{unit}{(missing is null ? "" : $"; {missing}")}");
    }

    private static string? Missing(GateRule rule, SideCounts service, SideCounts legacy) =>
        service.Requests < rule.Samples ? $"{service.Requests} of {rule.Samples} requests answered by the service"
        : legacy.Requests < rule.Samples ? $"{legacy.Requests} of {rule.Samples} requests answered by legacy"
        : null;

    private static string Text(decimal number) => number.ToString("0.###", CultureInfo.InvariantCulture);
}

/// <summary>Whether a route may move on.</summary>
internal enum GateVerdict
{
    /// <summary>It may.</summary>
    Pass,

    /// <summary>It must not.</summary>
    Fail,

    /// <summary>Too little is known.</summary>
    Inconclusive,
}

/// <summary>What one gate says.</summary>
/// <param name="Name">What is judged: <c>errors</c>, <c>latency</c> or <c>mismatches</c>.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Service">The service's value.</param>
/// <param name="Legacy">Legacy's over the same time; null where there is no such thing.</param>
/// <param name="Limit">What the service's value must not exceed.</param>
/// <param name="Text">The same for people.</param>
internal sealed record GateResult(string Name, GateVerdict Verdict, decimal Service, decimal? Legacy, decimal Limit, string Text);
