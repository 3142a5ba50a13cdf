namespace Strangler.Facade;

/// <summary>
/// How much a request's head may hold before the facade answers itself. Above what the servers of old applications take, so that theirs is the
/// answer that users get; Kestrel's own limits are above these again, because its refusal is a bare status without a page.
/// </summary>
internal static class HeadLimits
{
    /// <summary>Characters of a request target: 64 KB.</summary>
    public const int Target = 64 * 1024;

    /// <summary>Number of header names.</summary>
    public const int Headers = 1000;

    /// <summary>Bytes of all headers together: 256 KB. Kestrel counts them, so beyond this the refusal is Kestrel's.</summary>
    public const int HeaderBytes = 256 * 1024;
}
