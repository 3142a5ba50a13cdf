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
    private readonly Lock sync = new();
    private readonly long[] skipped = new long[Enum.GetValues<Skip>().Length];
    private readonly long[] dropped = new long[Enum.GetValues<Drop>().Length];
    private readonly long[] failed = new long[Enum.GetValues<Failure>().Length];
    private readonly long[] verdicts = new long[Enum.GetValues<Verdict>().Length];
    private long seen;
    private long waiting;
    private long sent;
    private long underWay;
    private long timedOut;

    /// <summary>A request that was never copied.</summary>
    public void SkippedAtOnce(Skip reason)
    {
        lock (sync)
        {
            seen++;
            skipped[(int)reason]++;
        }

        metrics.CountShadow(route, "skipped", Word(reason));
    }

    /// <summary>A request whose copy could not be kept.</summary>
    public void DroppedAtOnce(Drop reason)
    {
        lock (sync)
        {
            seen++;
            dropped[(int)reason]++;
        }

        metrics.CountShadow(route, "dropped", Word(reason));
    }

    /// <summary>A request whose copy waits now.</summary>
    public void Waits()
    {
        lock (sync)
        {
            seen++;
            waiting++;
        }
    }

    public void Skipped(Skip reason)
    {
        lock (sync)
        {
            waiting--;
            skipped[(int)reason]++;
        }

        metrics.CountShadow(route, "skipped", Word(reason));
    }

    public void Dropped(Drop reason)
    {
        lock (sync)
        {
            waiting--;
            dropped[(int)reason]++;
        }

        metrics.CountShadow(route, "dropped", Word(reason));
    }

    public void Sent()
    {
        lock (sync)
        {
            waiting--;
            sent++;
            underWay++;
        }
    }

    public void TimedOut()
    {
        lock (sync)
        {
            underWay--;
            timedOut++;
        }

        metrics.CountShadow(route, "timed_out", "");
    }

    public void Failed(Failure reason)
    {
        lock (sync)
        {
            underWay--;
            failed[(int)reason]++;
        }

        metrics.CountShadow(route, "failed", Word(reason));
    }

    public void Compared(Verdict verdict)
    {
        lock (sync)
        {
            underWay--;
            verdicts[(int)verdict]++;
        }

        metrics.CountShadow(route, Word(verdict), "");
    }

    /// <summary>Goes on from counts of before a restart. What waited or was under way then has ended with the facade.</summary>
    public void Restore(ShadowCounts kept)
    {
        lock (sync)
        {
            Fill<Skip>(skipped, kept.Skipped);
            Fill<Drop>(dropped, kept.Dropped);
            Fill<Failure>(failed, kept.Failed);
            dropped[(int)Drop.Stopped] += kept.Waiting;
            failed[(int)Failure.Stopped] += kept.UnderWay;
            (seen, sent, timedOut) = (kept.Seen, kept.Sent, kept.TimedOut);
            (verdicts[(int)Verdict.Equal], verdicts[(int)Verdict.Ignored], verdicts[(int)Verdict.Noisy], verdicts[(int)Verdict.Different]) = (kept.Equal, kept.Ignored, kept.Noisy, kept.Different);
        }
    }

    public ShadowCounts Read()
    {
        lock (sync)
        {
            return new ShadowCounts(
                seen, ByWord<Skip>(skipped), ByWord<Drop>(dropped), waiting, sent, underWay, timedOut, ByWord<Failure>(failed), verdicts.Sum(),
                verdicts[(int)Verdict.Equal], verdicts[(int)Verdict.Ignored], verdicts[(int)Verdict.Noisy], verdicts[(int)Verdict.Different]);
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
