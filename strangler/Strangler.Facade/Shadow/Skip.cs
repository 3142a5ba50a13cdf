namespace Strangler.Facade;

/// <summary>Why a request of a route in stage shadow was not copied.</summary>
internal enum Skip
{
    /// <summary>It has side effects and the route names no sink.</summary>
    Method,

    /// <summary>The route excludes its path.</summary>
    Excluded,

    /// <summary>It is a copy itself.</summary>
    Loop,

    /// <summary>It became a WebSocket, or something else that is no answer.</summary>
    Upgrade,

    /// <summary>A safe request with a body, or (for a sink) a body that legacy did not read to its end.</summary>
    RequestBody,

    /// <summary>Its URL carries a key or a session, and the route passes no credentials.</summary>
    CredentialsInUrl,

    /// <summary>Outside the share.</summary>
    Share,

    /// <summary>The service has had its copies for this second.</summary>
    Rate,

    /// <summary>The service has sent its bytes for this hour.</summary>
    Bytes,

    /// <summary>The service kept failing and is left alone for a moment.</summary>
    Breaker,

    /// <summary>The client left before the answer was complete.</summary>
    ClientGone,

    /// <summary>Legacy gave no answer.</summary>
    NoAnswer,

    /// <summary>The answer (or, for a sink, the request) is larger than may be kept.</summary>
    TooLarge,

    /// <summary>An event stream: it has no end to compare.</summary>
    Stream,

    /// <summary>Legacy answered that nothing changed since a version that only legacy knows.</summary>
    NotModified,

    /// <summary>Legacy's answer shows that the "safe" request wrote.</summary>
    Wrote,

    /// <summary>The route needs identity and legacy does not know the user.</summary>
    NotAuthenticated,

    /// <summary>The route needs identity and legacy could not say who the user is.</summary>
    IdentityUnavailable,
}

/// <summary>Why a copy was made and then not sent.</summary>
internal enum Drop
{
    /// <summary>Too many copies waited.</summary>
    BufferFull,

    /// <summary>The answers held too many bytes.</summary>
    MemoryFull,

    /// <summary>It waited so long that the data may have changed since.</summary>
    Late,

    /// <summary>The route left stage shadow while it waited.</summary>
    Flipped,

    /// <summary>The facade stopped.</summary>
    Stopped,

    /// <summary>The facade itself failed; the log says how.</summary>
    Fault,
}

/// <summary>Why a copy that was sent brought nothing to compare.</summary>
internal enum Failure
{
    /// <summary>No connection, or none that lasted.</summary>
    Unreachable,

    /// <summary>The service's answer is larger than may be kept.</summary>
    TooLarge,

    /// <summary>There was no memory to keep the service's answer.</summary>
    MemoryFull,

    /// <summary>The facade stopped meanwhile.</summary>
    Stopped,

    /// <summary>The facade itself failed; the log says how.</summary>
    Fault,
}

/// <summary>What came of comparing two answers, by the gravest difference.</summary>
internal enum Verdict
{
    Equal,

    /// <summary>All differences are in fields that the route ignores.</summary>
    Ignored,

    /// <summary>All other differences are in fields in which legacy differs from itself as often.</summary>
    Noisy,

    /// <summary>At least one difference that neither rules nor noise explain.</summary>
    Different,
}
