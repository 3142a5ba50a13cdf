namespace Strangler.Bench;

/// <summary>What was measured of one subject.</summary>
/// <param name="Name">Of the bench.</param>
/// <param name="Setup">What was measured how, line by line, so that a reader can judge the figures.</param>
/// <param name="Series">One a contestant and metric.</param>
/// <param name="Ratios">Of two contestants within the same round.</param>
internal sealed record BenchResult(string Name, IReadOnlyList<string> Setup, IReadOnlyList<Series> Series, IReadOnlyList<Ratio> Ratios);

/// <summary>One metric of one contestant, one value a round.</summary>
internal sealed record Series(string Contestant, string Metric, IReadOnlyList<double> Rounds)
{
    public Spread Spread { get; } = Spread.Of(Rounds);

    /// <summary>This contestant's value divided by another's of the same round: what slows the machine slows both.</summary>
    public Ratio Over(Series other, Bar? bar = null) =>
        new($"{Contestant} / {other.Contestant}", Metric, [.. Rounds.Zip(other.Rounds, (ours, theirs) => ours / theirs)], bar);

    /// <summary>How much more than another's value of the same round.</summary>
    public Ratio Beyond(Series other, Bar? bar = null) =>
        new($"{Contestant} - {other.Contestant}", Metric, [.. Rounds.Zip(other.Rounds, (ours, theirs) => ours - theirs)], bar);

    /// <summary>The figure itself against what was promised.</summary>
    public Ratio Alone(Bar bar) => new(Contestant, Metric, Rounds, bar);
}

/// <summary>One contestant against another or against a promise, one value a round.</summary>
/// <param name="Bar">What was promised of the median; null when nothing was.</param>
internal sealed record Ratio(string Name, string Metric, IReadOnlyList<double> Rounds, Bar? Bar)
{
    public Spread Spread { get; } = Spread.Of(Rounds);

    public bool? Met => Bar?.Holds(Spread.Median);
}

/// <summary>A promise.</summary>
/// <param name="Limit">The figure.</param>
/// <param name="IsMost">Whether it is the most that may be; else the least.</param>
internal sealed record Bar(double Limit, bool IsMost)
{
    public static Bar Least(double limit) => new(limit, IsMost: false);

    public static Bar Most(double limit) => new(limit, IsMost: true);

    public bool Holds(double value) => IsMost ? value <= Limit : value >= Limit;

    public override string ToString() => $"{(IsMost ? "<=" : ">=")} {Report.Number(Limit)}";
}

/// <summary>Median and ends of the rounds.</summary>
internal readonly record struct Spread(double Median, double Min, double Max)
{
    public static Spread Of(IReadOnlyList<double> rounds)
    {
        double[] sorted = [.. rounds.Order()];
        var middle = sorted.Length / 2;
        return new(sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }
}
