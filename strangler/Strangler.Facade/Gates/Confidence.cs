namespace Strangler.Facade;

/// <summary>
/// How far the truth may be from what was counted: 95 % intervals of a share (E. B. Wilson 1927) and of the difference of two (R. G. Newcombe, "Interval
/// estimation for the difference between independent proportions", Statistics in Medicine 17, 1998, method 10). They hold for few samples and for shares near 0. Pure.
/// </summary>
internal static class Confidence
{
    private const double Deviations = 1.959964;

    /// <summary>Where the share lies of which <paramref name="hits"/> among <paramref name="total"/> were seen; anywhere when nothing was.</summary>
    public static Interval Share(long hits, long total)
    {
        if (total == 0) return new Interval(0, 1);
        double share = (double)hits / total, square = Deviations * Deviations;
        var middle = share + (square / (2 * total));
        var reach = Deviations * Math.Sqrt((share * (1 - share) / total) + (square / (4.0 * total * total)));
        var scale = 1 + (square / total);
        // At the ends nothing was seen of one kind: rounding must not say otherwise.
        return new Interval(hits == 0 ? 0 : (middle - reach) / scale, hits == total ? 1 : (middle + reach) / scale);
    }

    /// <summary>Where the first share less the second lies.</summary>
    public static Interval Difference(long hits, long total, long otherHits, long otherTotal)
    {
        if (total == 0 || otherTotal == 0) return new Interval(-1, 1);
        var (first, second) = (Share(hits, total), Share(otherHits, otherTotal));
        double share = (double)hits / total, other = (double)otherHits / otherTotal;
        return new Interval(
            share - other - Math.Sqrt(Square(share - first.Least) + Square(second.Most - other)),
            share - other + Math.Sqrt(Square(first.Most - share) + Square(other - second.Least)));
    }

    private static double Square(double number) => number * number;
}

/// <summary>From least to most, both as shares of 1.</summary>
internal readonly record struct Interval(double Least, double Most)
{
    /// <summary>Whether all of it keeps to a limit: nothing above, and a limit of 0 when nothing at all was seen above it.</summary>
    public bool IsBelow(double limit) => Most <= limit;

    public bool IsAbove(double limit) => Least > limit;
}
