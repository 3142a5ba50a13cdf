using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;

namespace Strangler.Identity;

/// <summary>The verdict on one token: either a user or a reason.</summary>
public sealed class IdentityVerification
{
    private IdentityVerification(ClaimsPrincipal? user, IdentityRefusal? refusal) => (User, Refusal) = (user, refusal);

    /// <summary>True when the token may be believed.</summary>
    [MemberNotNullWhen(true, nameof(User))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool Accepted => User is not null;

    /// <summary>Who the user is; null when refused.</summary>
    public ClaimsPrincipal? User { get; }

    /// <summary>Why not; null when accepted.</summary>
    public IdentityRefusal? Refusal { get; }

    internal static IdentityVerification Of(ClaimsPrincipal user) => new(user, null);

    internal static IdentityVerification Refused(IdentityRefusal reason) => new(null, reason);
}
