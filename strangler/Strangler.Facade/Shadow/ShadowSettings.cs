namespace Strangler.Facade;

/// <summary>A route's block <c>shadow</c>: what of it is copied, with what, and which differences do not count.</summary>
internal sealed record ShadowSettings
{
    public static ShadowSettings Default { get; } = new();

    /// <summary>Percent of the requests that may be copied, 0 to 100.</summary>
    public double Share { get; init; } = 100;

    /// <summary>Percent of the copies for which legacy is asked a second time, 0 to 100; the first ten always are unless this is 0.</summary>
    public double Noise { get; init; } = 2;

    /// <summary>Paths that are never copied: GETs that change something.</summary>
    public IReadOnlyList<PathTemplate> Exclude { get; init; } = [];

    /// <summary>Fields in which a difference does not count.</summary>
    public IReadOnlyList<FieldPattern> Ignore { get; init; } = [];

    /// <summary>Fields whose values hold no personal data and are kept as they are.</summary>
    public IReadOnlyList<FieldPattern> Reveal { get; init; } = [];

    /// <summary>Whether copies carry the user's cookies, Authorization and every other header; false sends none but <see cref="CopyHeaders"/> and <see cref="Headers"/>.</summary>
    public bool PassCredentials { get; init; }

    /// <summary>Headers that copies carry besides the harmless ones.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>By which it is seen that legacy's rows changed; null for not at all.</summary>
    public ChangeCounter? Changes { get; init; }

    /// <summary>Where copies of requests with side effects go; null: such requests are not copied.</summary>
    public Uri? Sink { get; init; }
}
