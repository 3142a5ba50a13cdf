using System.Security.Claims;

namespace Strangler.Identity;

/// <summary>What came of asking legacy who the user is; exactly one of the four below.</summary>
public abstract record RemoteAuthenticationResult
{
    private RemoteAuthenticationResult()
    {
    }

    /// <summary>Legacy knows the user.</summary>
    /// <param name="User">With name, roles, claims and authentication type as legacy has them.</param>
    /// <param name="Headers">For the user's response, one entry a line, in order: <c>Set-Cookie</c> (a renewed session) and <c>WWW-Authenticate</c>; mostly empty.</param>
    public sealed record Authenticated(ClaimsPrincipal User, IReadOnlyList<KeyValuePair<string, string>> Headers) : RemoteAuthenticationResult;

    /// <summary>Legacy does not know the user and says what to do: to be sent to the user as it is.</summary>
    /// <param name="Status">For example 302 or 401, never 400 and never 5xx.</param>
    /// <param name="Headers">All of legacy's answer except hop-by-hop ones, one entry a line, in order; an absolute <c>Location</c> at legacy's own address already points at the user's host.</param>
    /// <param name="Body">As legacy sent it; leave it out for a HEAD request.</param>
    public sealed record Challenge(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body) : RemoteAuthenticationResult;

    /// <summary>Legacy could not be asked, or its answer makes no sense. Passing; answer 503.</summary>
    /// <param name="Reason">For the log, not for the user: it names addresses.</param>
    public sealed record LegacyUnavailable(string Reason) : RemoteAuthenticationResult;

    /// <summary>Legacy refused the key (400): no user can be recognised until somebody corrects the setting. Log it as an error, answer 503.</summary>
    /// <param name="Reason">For the log: which setting, and the cure.</param>
    public sealed record KeyRefused(string Reason) : RemoteAuthenticationResult;
}
