using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Strangler.Identity;

/// <summary>
/// Verifies what <see cref="IdentityIssuer"/> signed: algorithm (ES256 and no other, whatever the header says), signature, issuer, audience and time.
/// Nothing of a token is looked at before its signature holds, apart from the algorithm. Thread-safe.
/// </summary>
public sealed class IdentityVerifier : IDisposable
{
    /// <summary>Longest token that is looked at, in characters: above what fits into a request header anyway.</summary>
    public const int MaxTokenLength = 16 * 1024;

    private readonly string audience;
    private readonly TimeProvider clock;
    private readonly TimeSpan clockSkew;
    private readonly ThreadLocal<ECDsa> key;

    /// <summary>Opens the key.</summary>
    /// <param name="publicKeyPem">The text of <c>identity.public.pem</c>, not its path; <see cref="IdentityKeys.ReadPublic"/> reads it.</param>
    /// <param name="audience">Name of this service as in <c>routes.json</c>; compared ordinally.</param>
    /// <param name="clock">Gives the time that expiry is compared with.</param>
    /// <param name="clockSkew">How far the clocks of facade and service may be apart; zero or more.</param>
    /// <exception cref="ArgumentException">The text is no PEM, the audience is empty or the skew negative.</exception>
    /// <exception cref="CryptographicException">The key is not ECDSA on P-256.</exception>
    public IdentityVerifier(string publicKeyPem, string audience, TimeProvider clock, TimeSpan clockSkew)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(audience);
        ArgumentOutOfRangeException.ThrowIfLessThan(clockSkew, TimeSpan.Zero);
        IdentityKeys.OpenPublic(publicKeyPem).Dispose();
        this.audience = audience;
        this.clock = clock;
        this.clockSkew = clockSkew;
        key = new(() => IdentityKeys.OpenPublic(publicKeyPem), trackAllValues: true);
    }

    /// <summary>Gives the user, or the reason for a refusal; never throws for what a caller may send.</summary>
    /// <param name="token">The compact form, as it came in the header.</param>
    public IdentityVerification Verify(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (token.Length > MaxTokenLength || token.Split('.') is not [var head, var body, var seal]) return Refused(IdentityRefusal.Malformed);
        if (Decode(head) is not { } header || Decode(body) is not { } payload || Decode(seal) is not { } signature) return Refused(IdentityRefusal.Malformed);

        if (Read(header, IdentityTokenJson.Default.IdentityTokenHeader) is not { Crit.ValueKind: JsonValueKind.Undefined } stated) return Refused(IdentityRefusal.Malformed);
        if (stated.Alg != "ES256") return Refused(IdentityRefusal.AlgorithmNotAllowed);
        if (!Signed(token.AsSpan(0, head.Length + 1 + body.Length), signature)) return Refused(IdentityRefusal.SignatureInvalid);

        return Read(payload, IdentityTokenJson.Default.IdentityToken) is { } claims ? Judge(claims) : Refused(IdentityRefusal.Malformed);
    }

    /// <summary>Closes the key.</summary>
    public void Dispose()
    {
        foreach (var opened in key.Values) opened.Dispose();
        key.Dispose();
    }

    private IdentityVerification Judge(IdentityToken token)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        if (token.Iss != StranglerIdentity.Issuer) return Refused(IdentityRefusal.WrongIssuer);
        if (token.Aud != audience) return Refused(IdentityRefusal.WrongAudience);
        if (now >= token.Exp + clockSkew.TotalSeconds) return Refused(IdentityRefusal.Expired);
        if (now < token.Iat - clockSkew.TotalSeconds) return Refused(IdentityRefusal.NotYetValid);
        return IdentityVerification.Of(token.ToPrincipal());
    }

    private bool Signed(ReadOnlySpan<char> signed, byte[] signature) =>
        signature.Length == 64
        && key.Value!.VerifyData(Encoding.ASCII.GetBytes([.. signed]), signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    // One token has one spelling: padding, white space and stray bits in the last character are refused (RFC 7515, 2).
    private static byte[]? Decode(string part)
    {
        if (!Base64Url.IsValid(part)) return null;
        var bytes = Base64Url.DecodeFromChars(part);
        return Base64Url.EncodeToString(bytes) == part ? bytes : null;
    }

    private static T? Read<T>(byte[] json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> shape)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, shape);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IdentityVerification Refused(IdentityRefusal reason) => IdentityVerification.Refused(reason);
}
