using System.Text.Json;

namespace Strangler.Facade;

/// <summary>
/// What became of a route's requests in stage shadow. They add up: seen = skipped + dropped + waiting + sent;
/// sent = under way + timed out + failed + compared; compared = equal + ignored + noisy + different.
/// </summary>
internal sealed record ShadowCounts(
    long Seen, IReadOnlyDictionary<string, long> Skipped, IReadOnlyDictionary<string, long> Dropped, long Waiting, long Sent, long UnderWay, long TimedOut,
    IReadOnlyDictionary<string, long> Failed, long Compared, long Equal, long Ignored, long Noisy, long Different);

/// <summary>Counts for one route. Thread-safe; every snapshot adds up.</summary>
internal sealed class ShadowTally(FacadeMetrics metrics, string route)
{
    private readonly Lock _lock = new();
    private readonly long[] _skipped = new long[Enum.GetValues<Skip>().Length];
    private readonly long[] _dropped = new long[Enum.GetValues<Drop>().Length];
    private readonly long[] _failed = new long[Enum.GetValues<Failure>().Length];
    private readonly long[] _verdicts = new long[Enum.GetValues<Verdict>().Length];
    private long _seen;
    private long _waiting;
    private long _sent;
    private long _underWay;
    private long _timedOut;

    /// <summary>A request that was never copied.</summary>
    public void SkippedAtOnce(Skip reason)
    {
        lock (_lock)
        {
            _seen++;
            _skipped[(int)reason]++;
        }

        metrics.CountShadow(route, "skipped", Word(reason));
    }

    /// <summary>A request whose copy could not be kept.</summary>
    public void DroppedAtOnce(Drop reason)
    {
        lock (_lock)
        {
            _seen++;
            _dropped[(int)reason]++;
        }

        metrics.CountShadow(route, "dropped", Word(reason));
    }

    /// <summary>A request whose copy waits now.</summary>
    public void Waits()
    {
        lock (_lock)
        {
            _seen++;
            _waiting++;
        }
    }

    public void Skipped(Skip reason)
    {
        lock (_lock)
        {
            _waiting--;
            _skipped[(int)reason]++;
        }

        metrics.CountShadow(route, "skipped", Word(reason));
    }

    public void Dropped(Drop reason)
    {
        lock (_lock)
        {
            _waiting--;
            _dropped[(int)reason]++;
        }

        metrics.CountShadow(route, "dropped", Word(reason));
    }

    public void Sent()
    {
        lock (_lock)
        {
            _waiting--;
            _sent++;
            _underWay++;
        }
    }

    public void TimedOut()
    {
        lock (_lock)
        {
            _underWay--;
            _timedOut++;
        }

        metrics.CountShadow(route, "timed_out", "");
    }

    public void Failed(Failure reason)
    {
        lock (_lock)
        {
            _underWay--;
            _failed[(int)reason]++;
        }

        metrics.CountShadow(route, "failed", Word(reason));
    }

    public void Compared(Verdict verdict)
    {
        lock (_lock)
        {
            _underWay--;
            _verdicts[(int)verdict]++;
        }

        metrics.CountShadow(route, Word(verdict), "");
    }

    /// <summary>Goes on from counts of before a restart. What waited or was under way then has ended with the facade.</summary>
    public void Restore(ShadowCounts kept)
    {
        lock (_lock)
        {
            Fill<Skip>(_skipped, kept.Skipped);
            Fill<Drop>(_dropped, kept.Dropped);
            Fill<Failure>(_failed, kept.Failed);
            _dropped[(int)Drop.Stopped] += kept.Waiting;
            _failed[(int)Failure.Stopped] += kept.UnderWay;
            (_seen, _sent, _timedOut) = (kept.Seen, kept.Sent, kept.TimedOut);
            (_verdicts[(int)Verdict.Equal], _verdicts[(int)Verdict.Ignored], _verdicts[(int)Verdict.Noisy], _verdicts[(int)Verdict.Different]) = (kept.Equal, kept.Ignored, kept.Noisy, kept.Different);
        }
    }

    public ShadowCounts Read()
    {
        lock (_lock)
        {
            return new ShadowCounts(
                _seen, ByWord<Skip>(_skipped), ByWord<Drop>(_dropped), _waiting, _sent, _underWay, _timedOut, ByWord<Failure>(_failed), _verdicts.Sum(),
                _verdicts[(int)Verdict.Equal], _verdicts[(int)Verdict.Ignored], _verdicts[(int)Verdict.Noisy], _verdicts[(int)Verdict.Different]);
        }
    }

    private static Dictionary<string, long> ByWord<T>(long[] counts)
        where T : struct, Enum =>
        Enum.GetValues<T>().Select((reason, i) => (Word: Word(reason), Count: counts[i])).Where(reason => reason.Count > 0).ToDictionary(reason => reason.Word, reason => reason.Count);

    private static void Fill<T>(long[] counts, IReadOnlyDictionary<string, long> kept)
        where T : struct, Enum
    {
        foreach (var reason in Enum.GetValues<T>()) counts[Convert.ToInt32(reason, System.Globalization.CultureInfo.InvariantCulture)] = kept.GetValueOrDefault(Word(reason));
    }

    internal static string Word<T>(T reason)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());
}
