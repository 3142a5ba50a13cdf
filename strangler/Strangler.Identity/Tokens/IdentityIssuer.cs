using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Strangler.Identity;

/// <summary>
/// Signs who the user is, for one service and one minute: a JWT with ES256 (RFC 7515, 7518). Thread-safe.
/// Written on the base library, because the package at hand (JWT 7.3.1) knows no ECDSA and would bring an old Newtonsoft.Json.
/// </summary>
public sealed class IdentityIssuer : IDisposable
{
    private readonly TimeProvider clock;

    // ECDsa promises no thread-safety, and opening a key costs more than signing: one per thread.
    private readonly ThreadLocal<ECDsa> key;

    /// <summary>Opens the key.</summary>
    /// <param name="privateKeyPem">The text of <c>identity.private.pem</c>, not its path; <see cref="IdentityKeys.ReadPrivate"/> reads it.</param>
    /// <param name="clock">Gives the time of issue.</param>
    /// <exception cref="ArgumentException">The text is no PEM.</exception>
    /// <exception cref="CryptographicException">The key is not ECDSA on P-256.</exception>
    public IdentityIssuer(string privateKeyPem, TimeProvider clock)
    {
        IdentityKeys.OpenPrivate(privateKeyPem).Dispose();
        this.clock = clock;
        key = new(() => IdentityKeys.OpenPrivate(privateKeyPem), trackAllValues: true);
    }

    /// <summary>How long a token is valid: long enough for a slow request to reach its service, too short to be worth stealing.</summary>
    /// <value>60 s, fixed.</value>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Issues a token.</summary>
    /// <param name="user">Whom legacy has authenticated; needs a name or a name identifier.</param>
    /// <param name="service">Name of the service it is for, as in <c>routes.json</c>: no other service accepts the token.</param>
    /// <returns>The compact form, for the header <see cref="StranglerIdentity.HeaderName"/>.</returns>
    /// <exception cref="ArgumentException">Nobody is authenticated in <paramref name="user"/>, or it has no name.</exception>
    public string Issue(ClaimsPrincipal user, string service)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentException.ThrowIfNullOrWhiteSpace(service);
        if (!user.Identities.Any(identity => identity.IsAuthenticated)) throw new ArgumentException("Nobody is authenticated in this principal.", nameof(user));

        var token = IdentityToken.For(user, StranglerIdentity.Issuer, service, clock.GetUtcNow(), Lifetime);
        var payload = JsonSerializer.SerializeToUtf8Bytes(token, IdentityTokenJson.Default.IdentityToken);
        var signed = $"{IdentityToken.Header}.{Base64Url.EncodeToString(payload)}";
        var signature = key.Value!.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Closes the key.</summary>
    public void Dispose()
    {
        foreach (var opened in key.Values) opened.Dispose();
        key.Dispose();
    }
}
