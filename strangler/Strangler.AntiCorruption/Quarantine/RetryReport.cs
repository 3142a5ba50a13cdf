namespace Strangler.AntiCorruption;

/// <summary>What became of changes that were tried again. Not thread-safe.</summary>
internal sealed class RetryReport
{
    private readonly List<RetryResult> results = [];

    /// <summary>Changes that became messages, with those that waited behind the ones that were named.</summary>
    public int Published { get; private set; }

    public int Skipped { get; private set; }

    /// <summary>Changes that wait for themselves again; not those behind them.</summary>
    public int Refused { get; private set; }

    /// <summary>Of each change that was named.</summary>
    public IReadOnlyList<RetryResult> Results => results;

    public void Add(RetryResult result)
    {
        results.Add(result);
        Count(result.Outcome);
    }

    public void Add(RetryReport other)
    {
        results.AddRange(other.results);
        (Published, Skipped, Refused) = (Published + other.Published, Skipped + other.Skipped, Refused + other.Refused);
    }

    /// <param name="id">The change.</param>
    /// <param name="translation">What was made of it.</param>
    /// <param name="named">The changes whose results are wanted.</param>
    public void Add(string id, ChangeTranslation translation, HashSet<string> named)
    {
        var result = RetryResult.Of(id, translation);
        if (named.Contains(id)) Add(result);
        else Count(result.Outcome);
    }

    private void Count(RetryOutcome outcome)
    {
        if (outcome == RetryOutcome.Published) Published++;
        else if (outcome == RetryOutcome.Skipped) Skipped++;
        else if (outcome == RetryOutcome.Refused) Refused++;
    }
}

/// <summary>What became of a retried change.</summary>
internal enum RetryOutcome
{
    Published,
    Skipped,
    Refused,
    Behind,
    Superseded,
    Unknown,
}

/// <param name="Id">The change.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Detail">Why, without values of the row.</param>
internal sealed record RetryResult(string Id, RetryOutcome Outcome, string Detail)
{
    public static RetryResult Of(string id, ChangeTranslation translation) => translation.Outcome switch
    {
        TallyKey.Published => new(id, RetryOutcome.Published, $"{translation.Messages.Count} message(s)"),
        TallyKey.Skipped => new(id, RetryOutcome.Skipped, translation.Code),
        _ when translation.Behind is not null => new(id, RetryOutcome.Behind, translation.Reason),
        _ => new(id, RetryOutcome.Refused, $"{translation.Code}: {translation.Reason}"),
    };
}
