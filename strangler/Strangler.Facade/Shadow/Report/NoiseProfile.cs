namespace Strangler.Facade;

/// <summary>How often answers differ at one field in one way: candidate from legacy, and legacy from itself. Not thread-safe.</summary>
internal sealed class FieldNoise
{
    /// <summary>Comparisons with the candidate in which the field differed.</summary>
    public long Different { get; set; }

    /// <summary>Comparisons of legacy with itself in which it differed.</summary>
    public long Noise { get; set; }

    /// <summary>
    /// Whether chance explains that the candidate differs here: legacy differs from itself about as often. "About" is two standard deviations
    /// of the difference of two shares; a field in which legacy never differed from itself is never noise.
    /// </summary>
    /// <param name="compared">Comparisons with the candidate so far.</param>
    /// <param name="askedTwice">Comparisons of legacy with itself so far.</param>
    public bool Explains(long compared, long askedTwice)
    {
        if (Noise == 0) return false;
        var (candidate, itself) = ((double)Different / compared, (double)Noise / askedTwice);
        var share = (double)(Different + Noise) / (compared + askedTwice);
        var deviation = Math.Sqrt(share * (1 - share) * ((1.0 / compared) + (1.0 / askedTwice)));
        return candidate - itself <= 2 * deviation;
    }
}
