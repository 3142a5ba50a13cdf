using System.Globalization;

namespace Strangler.Facade;

/// <summary>
/// Judges what was measured: a gate passes when chance cannot explain that the service keeps to the limit, fails when chance cannot explain that it does not,
/// and is inconclusive as long as it can. Pure.
/// </summary>
internal static class GateJudge
{
    // A route that takes no time at all would otherwise fail by the clock's own noise.
    private const decimal GraceMilliseconds = 5;

    /// <summary>The share of answers that is slower than the 95th percentile.</summary>
    private const double Slower = 0.05;

    /// <summary>The gates of a route that a service answers, in stage canary or service.</summary>
    public static IReadOnlyList<GateResult> Sides(GateRule rule, SidesMeasured sides) => [Errors(rule, sides), Latency(rule, sides)];

    /// <summary>The gate of a route in stage shadow.</summary>
    /// <param name="rule">The limits.</param>
    /// <param name="compared">How many answers were compared.</param>
    /// <param name="different">How many of them differed.</param>
    public static GateResult Shadow(GateRule rule, long compared, long different)
    {
        var percent = compared == 0 ? 0 : Math.Round(100m * different / compared, 3);
        var share = Confidence.Share(different, compared);
        var (verdict, note) = Judge(share, Share(rule.Mismatches), different == 0, different > 0, compared < rule.Samples ? $"{compared} of {rule.Samples} answers compared" : null, $"{Percents(share)}%");
        return new GateResult("mismatches", verdict, percent, null, rule.Mismatches, $"service {Text(percent)}%, limit {Text(rule.Mismatches)}%{note}");
    }

    /// <summary>The gate of a number that somebody else knows.</summary>
    public static GateResult Signal(GateSignal signal, SignalReading? reading, DateTimeOffset now)
    {
        var limit = $"limit {Text(signal.Most)}";
        if (reading is not { Problem: null, Value: { } value }) return new GateResult(signal.Name, GateVerdict.Inconclusive, null, null, signal.Most, $"unknown: {reading?.Problem ?? "not asked yet"}; {limit}");
        if (now - reading.At > SignalReading.Fresh) return new GateResult(signal.Name, GateVerdict.Inconclusive, value, null, signal.Most, $"{Text(value)} at {reading.At:u}, nothing since; {limit}");
        if (reading.OverSince is not { } since) return new GateResult(signal.Name, GateVerdict.Pass, value, null, signal.Most, $"{Text(value)}, {limit}");
        var fails = now - since >= signal.Patience;
        return new GateResult(
            signal.Name, fails ? GateVerdict.Fail : GateVerdict.Inconclusive, value, null, signal.Most, $"{Text(value)}, {limit}; over it since {since:u}{(fails ? "" : $", fails after {signal.Patience:c}")}");
    }

    /// <summary>Of all: a failure fails, and what is open leaves it open.</summary>
    public static GateVerdict Overall(IReadOnlyList<GateResult> gates) =>
        gates.Any(gate => gate.Verdict == GateVerdict.Fail) ? GateVerdict.Fail
        : gates.Count == 0 || gates.Any(gate => gate.Verdict == GateVerdict.Inconclusive) ? GateVerdict.Inconclusive
        : GateVerdict.Pass;

    private static GateResult Errors(GateRule rule, SidesMeasured sides)
    {
        var (service, legacy) = (sides.Service, sides.Legacy);
        // Without any measure of legacy, whatever the service does wrong is its own.
        var more = legacy is null ? Confidence.Share(service.Errors, service.Requests) : Confidence.Difference(service.Errors, service.Requests, legacy.Errors, legacy.Requests);
        var limit = (legacy?.ErrorPercent ?? 0) + rule.Errors;
        var (verdict, note) = Judge(
            more, Share(rule.Errors), service.ErrorPercent <= limit, service.ErrorPercent > limit && more.Least > 0, Missing(rule, sides),
            $"{Percents(more)} points more than {(legacy is null ? "none" : "legacy")}");
        return new GateResult("errors", verdict, service.ErrorPercent, legacy?.ErrorPercent, limit, $"service {Text(service.ErrorPercent)}%, {Against(legacy?.ErrorPercent, "%")}limit {Text(limit)}%{note}");
    }

    private static GateResult Latency(GateRule rule, SidesMeasured sides)
    {
        var (service, legacy) = (sides.Service, sides.Legacy);
        var said = $"service {Text(service.Slow)} ms";
        if (legacy is null) return new GateResult("latency", GateVerdict.Inconclusive, service.Slow, null, 0, $"{said}; legacy was never measured beside it");
        var limit = Math.Round((legacy.Slow * rule.Latency) + GraceMilliseconds, 1);
        // The 95th percentile keeps to the limit when 5 % are slower at most: a share like any other.
        var slower = LatencyHistogram.Above(service.Latency, TimeSpan.FromMilliseconds((double)limit));
        var share = Confidence.Share(slower.Above, slower.Total);
        var (verdict, note) = Judge(share, Slower, false, false, Missing(rule, sides), $"{Percents(share)}% of its answers slower, 5 may be");
        return new GateResult("latency", verdict, service.Slow, legacy.Slow, limit, $"{said}, {Against(legacy.Slow, " ms")}limit {Text(limit)} ms{note}");
    }

    /// <param name="truth">Where the truth lies.</param>
    /// <param name="limit">What it must not exceed.</param>
    /// <param name="passesAtZero">Whether a limit of 0, which no number of samples can prove, is kept to by what was seen.</param>
    /// <param name="failsAtZero">Whether it is broken by what was seen.</param>
    /// <param name="missing">Which samples are missing; null for none.</param>
    /// <param name="range">The truth for people.</param>
    private static (GateVerdict Verdict, string Note) Judge(Interval truth, double limit, bool passesAtZero, bool failsAtZero, string? missing, string range)
    {
        if (missing is not null) return (GateVerdict.Inconclusive, $"; {missing}");
        var verdict = truth.IsBelow(limit) || (limit == 0 && passesAtZero) ? GateVerdict.Pass
            : truth.IsAbove(limit) || (limit == 0 && failsAtZero) ? GateVerdict.Fail
            : GateVerdict.Inconclusive;
        return (verdict, $"; at 95% confidence {range}");
    }

    private static string? Missing(GateRule rule, SidesMeasured sides) =>
        sides.Service.Requests < rule.Samples ? $"{sides.Service.Requests} of {rule.Samples} requests answered by the service"
        : sides.Legacy?.Requests < rule.Samples ? $"{sides.Legacy.Requests} of {rule.Samples} requests answered by legacy"
        : null;

    private static double Share(decimal percent) => (double)percent / 100;

    private static string Against(decimal? legacy, string unit) => legacy is { } other ? $"legacy {Text(other)}{unit}, " : "";

    private static string Percents(Interval share) => $"{Text(Math.Round(100 * (decimal)share.Least, 2))} to {Text(Math.Round(100 * (decimal)share.Most, 2))}";

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
/// <param name="Name">What is judged: <c>errors</c>, <c>latency</c>, <c>mismatches</c>, or a signal by its name.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Service">The service's value; null when it is not known.</param>
/// <param name="Legacy">Legacy's over the same time; null where there is no such thing.</param>
/// <param name="Limit">What the service's value must not exceed.</param>
/// <param name="Text">The same for people.</param>
internal sealed record GateResult(string Name, GateVerdict Verdict, decimal? Service, decimal? Legacy, decimal Limit, string Text);
