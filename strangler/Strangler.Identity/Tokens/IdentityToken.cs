using System.Buffers.Text;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strangler.Identity;

/// <summary>What the token says, as it stands in its JSON (RFC 7519).</summary>
internal sealed record IdentityToken(string Iss, string Aud, string Sub, string? Name, string[] Roles, IdentityClaim[] Claims, long Iat, long Exp)
{
    /// <summary>The one header that is written: the algorithm is not negotiable (RFC 8725, 3.1).</summary>
    public static readonly string Header = Base64Url.EncodeToString("""{"alg":"ES256","typ":"JWT"}"""u8);

    public static IdentityToken For(ClaimsPrincipal user, string issuer, string audience, DateTimeOffset now, TimeSpan lifetime)
    {
        var name = user.Identity?.Name;
        List<string> roles = [];
        List<IdentityClaim> others = [];
        foreach (var identity in user.Identities.Where(identity => identity.IsAuthenticated))
        {
            foreach (var claim in identity.Claims)
            {
                if (claim.Type == identity.RoleClaimType) roles.Add(claim.Value);
                else if (claim.Type != identity.NameClaimType && claim.Type != ClaimTypes.NameIdentifier) others.Add(new(claim.Type, claim.Value));
            }
        }

        var subject = user.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? name
            ?? throw new ArgumentException("The user has neither a name nor a name identifier: no service could tell who it is.", nameof(user));
        return new(issuer, audience, subject, name, [.. roles.Distinct(StringComparer.Ordinal)], [.. others], now.ToUnixTimeSeconds(), (now + lifetime).ToUnixTimeSeconds());
    }

    public ClaimsPrincipal ToPrincipal()
    {
        var identity = new ClaimsIdentity(StranglerIdentity.Scheme, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new(ClaimTypes.NameIdentifier, Sub));
        if (Name is not null) identity.AddClaim(new(ClaimTypes.Name, Name));
        identity.AddClaims(Roles.Select(role => new Claim(ClaimTypes.Role, role)));
        identity.AddClaims(Claims.Select(claim => new Claim(claim.Type, claim.Value)));
        return new(identity);
    }
}

/// <summary>A claim that is neither name nor role.</summary>
internal sealed record IdentityClaim(string Type, string Value);

/// <summary>The header as it is read: anything but ES256 without extensions is refused.</summary>
internal sealed record IdentityTokenHeader(string? Alg = null, JsonElement Crit = default);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(IdentityToken))]
[JsonSerializable(typeof(IdentityTokenHeader))]
internal sealed partial class IdentityTokenJson : JsonSerializerContext;
