namespace Strangler.Identity;

/// <summary>Why a token was not accepted. For logs and tests; the caller of a service learns only that it was refused.</summary>
public enum IdentityRefusal
{
    /// <summary>Not three parts of base64url, too long, not the JSON expected, or a header with extensions (<c>crit</c>) that nobody here understands.</summary>
    Malformed,

    /// <summary>The header names another algorithm than ES256, <c>none</c> and HS256 included.</summary>
    AlgorithmNotAllowed,

    /// <summary>The signature is not that of the key.</summary>
    SignatureInvalid,

    /// <summary>Signed by the key but issued under another name than <see cref="StranglerIdentity.Issuer"/>.</summary>
    WrongIssuer,

    /// <summary>Issued for another service.</summary>
    WrongAudience,

    /// <summary>Its minute is over, clock skew counted.</summary>
    Expired,

    /// <summary>Issued in the future, clock skew counted: the clocks of facade and service disagree.</summary>
    NotYetValid,
}
