using Strangler.Identity;

namespace Strangler.Facade;

/// <summary>
/// Gives a copy the signed identity of the user whose request it is. Legacy is asked after the user's answer, and apart from the users' own
/// questions: what goes wrong here trips no breaker that users depend on.
/// </summary>
internal sealed class ShadowIdentity(FacadeOptions options, LegacyIdentity identity, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private long pausedUntil;

    /// <param name="copy">The request that is to carry the identity.</param>
    /// <param name="question">What legacy is asked.</param>
    /// <param name="service">Whom the identity is for.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>Why the copy cannot go out; null when it carries the identity now.</returns>
    public Skip? Add(HttpRequestMessage copy, RemoteAuthenticationRequest question, Owner service, CancellationToken stopping)
    {
        if (clock.GetTimestamp() < Volatile.Read(ref pausedUntil)) return Skip.IdentityUnavailable;
        switch (Ask(question, stopping))
        {
            case RemoteAuthenticationResult.Authenticated known when IdentityStep.NameOf(known.User) is not null:
                copy.Headers.TryAddWithoutValidation(ProtectedNames.Identity, identity.Issuer!.Issue(known.User, service.Name));
                return null;

            case RemoteAuthenticationResult.Challenge:
                return Skip.NotAuthenticated;

            default:
                Volatile.Write(ref pausedUntil, clock.GetTimestamp() + (long)(Pause.TotalSeconds * clock.TimestampFrequency));
                return Skip.IdentityUnavailable;
        }
    }

    private RemoteAuthenticationResult? Ask(RemoteAuthenticationRequest question, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(options.Shadow.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        try
        {
            // On a thread of the copies' own, which waits for nothing else.
            return identity.Exchange!.AuthenticateAsync(question, either.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return null;
        }
    }
}
