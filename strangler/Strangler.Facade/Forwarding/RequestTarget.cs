namespace Strangler.Facade;

/// <summary>Turns the target of a request into the address at its owner, every character as sent.</summary>
internal static class RequestTarget
{
    // Without this, Uri would resolve dot segments and unescape what needs no escape.
    private static readonly UriCreationOptions AsIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Path and query of a target in origin or absolute form; null for one that has no path (<c>*</c>, CONNECT), which cannot be forwarded.</summary>
    public static string? PathAndQuery(string rawTarget)
    {
        if (rawTarget.StartsWith('/')) return rawTarget;
        var scheme = rawTarget.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0) return null;
        var path = rawTarget.AsSpan(scheme + 3).IndexOfAny('/', '?');
        if (path < 0) return "/";
        path += scheme + 3;
        return rawTarget[path] == '/' ? rawTarget[path..] : "/" + rawTarget[path..];
    }

    /// <summary>The address of a target at an owner.</summary>
    /// <param name="prefix">Scheme, host and port, without a slash at the end.</param>
    /// <param name="pathAndQuery">As <see cref="PathAndQuery"/> gives it.</param>
    public static Uri At(string prefix, string pathAndQuery) => new(prefix + pathAndQuery, AsIs);
}
