using System.Globalization;

namespace Strangler.Facade;

/// <summary>A share of users in percent, exact to a hundredth: that many of the 10,000 buckets.</summary>
public readonly record struct Share : IComparable<Share>
{
    private Share(int buckets) => Buckets = buckets;

    /// <summary>Nobody, testers included.</summary>
    public static Share None { get; } = new(0);

    /// <summary>Everybody.</summary>
    public static Share All { get; } = new(Bucket.Count);

    /// <summary>How many of the 10,000 buckets; 0 to 10,000.</summary>
    public int Buckets { get; }

    /// <summary>The share in percent, 0 to 100.</summary>
    public decimal Percent => Buckets / 100m;

    /// <summary>Reads a share as a file or a command line has it: <c>0</c> to <c>100</c>, at most two decimals, e.g. <c>12.5</c>.</summary>
    /// <param name="text">The number, without a percent sign.</param>
    /// <param name="share">The share; none when the text is no share.</param>
    public static bool TryParse(string text, out Share share)
    {
        share = default;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) || percent > 100) return false;
        var buckets = percent * 100;
        if (buckets != decimal.Truncate(buckets)) return false;
        share = new Share((int)buckets);
        return true;
    }

    /// <summary>Whether the holder of a bucket is in the share. A larger share holds every bucket of a smaller one.</summary>
    /// <param name="bucket">0 to 9,999.</param>
    public bool Holds(int bucket) => bucket < Buckets;

    /// <inheritdoc/>
    public int CompareTo(Share other) => Buckets.CompareTo(other.Buckets);

    /// <summary>The number as a file has it, e.g. <c>12.5</c>.</summary>
    public override string ToString() => Percent.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Whether the left share is the smaller one.</summary>
    public static bool operator <(Share left, Share right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left share is the larger one.</summary>
    public static bool operator >(Share left, Share right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left share is not the larger one.</summary>
    public static bool operator <=(Share left, Share right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left share is not the smaller one.</summary>
    public static bool operator >=(Share left, Share right) => left.CompareTo(right) >= 0;
}
