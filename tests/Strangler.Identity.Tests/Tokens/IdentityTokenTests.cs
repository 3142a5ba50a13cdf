using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Strangler.Identity.Tests;

public sealed class IdentityTokenTests : IDisposable
{
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);
    private readonly TestClock clock = new();
    private readonly KeyPair keys = KeyPair.Fresh();
    private readonly IdentityIssuer issuer;
    private readonly IdentityVerifier verifier;

    public IdentityTokenTests()
    {
        issuer = new(keys.Private, clock);
        verifier = new(keys.Public, "periodical-dates", clock, Skew);
    }

    [Fact]
    public void The_service_sees_the_user_that_legacy_authenticated()
    {
        var identity = new ClaimsIdentity("Forms");
        identity.AddClaims([
            new(ClaimTypes.NameIdentifier, "42"), new(ClaimTypes.Name, "José da Conceição"), new(ClaimTypes.Role, "staff"),
            new(ClaimTypes.Role, "physician"), new("branch", "1"), new("branch", "2"),
        ]);

        var verdict = verifier.Verify(issuer.Issue(new(identity), "periodical-dates"));

        Assert.True(verdict.Accepted);
        Assert.Equal("José da Conceição", verdict.User.Identity!.Name);
        Assert.Equal("42", verdict.User.FindFirst(ClaimTypes.NameIdentifier)!.Value);
        Assert.True(verdict.User.IsInRole("staff"));
        Assert.True(verdict.User.IsInRole("physician"));
        Assert.False(verdict.User.IsInRole("admin"));
        Assert.Equal(["1", "2"], verdict.User.FindAll("branch").Select(claim => claim.Value));
        Assert.Equal("StranglerIdentity", verdict.User.Identity.AuthenticationType);
    }

    [Fact]
    public void Roles_and_name_are_found_under_the_claim_types_of_legacy()
    {
        var identity = new ClaimsIdentity([new("login", "ana"), new("papel", "staff")], "Forms", nameType: "login", roleType: "papel");

        var user = verifier.Verify(issuer.Issue(new(identity), "periodical-dates")).User!;

        Assert.Equal("ana", user.Identity!.Name);
        Assert.True(user.IsInRole("staff"));
    }

    [Fact]
    public void The_token_says_what_the_contract_names()
    {
        var parts = issuer.Issue(Users.Bob, "periodical-dates").Split('.');

        Assert.Equal("""{"alg":"ES256","typ":"JWT"}""", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])));
        Assert.Equal(
            """{"iss":"strangler-facade","aud":"periodical-dates","sub":"bob","name":"bob","roles":["staff","physician"],"claims":[],"iat":1772366400,"exp":1772366460}""",
            Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])));
        Assert.Equal(64, Base64Url.DecodeFromChars(parts[2]).Length);
    }

    [Fact]
    public void Nobody_gets_no_token()
    {
        Assert.Throws<ArgumentException>(() => issuer.Issue(new(new ClaimsIdentity([new(ClaimTypes.Name, "bob")])), "periodical-dates"));
        Assert.Throws<ArgumentException>(() => issuer.Issue(new(new ClaimsIdentity("Forms")), "periodical-dates"));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(64.9, null)]
    [InlineData(65, IdentityRefusal.Expired)]
    [InlineData(3600, IdentityRefusal.Expired)]
    [InlineData(-5, null)]
    [InlineData(-5.1, IdentityRefusal.NotYetValid)]
    public void A_token_lives_its_minute_and_the_clock_skew(double seconds, IdentityRefusal? refusal)
    {
        var token = issuer.Issue(Users.Bob, "periodical-dates");

        clock.Now += TimeSpan.FromSeconds(seconds);

        Assert.Equal(refusal, verifier.Verify(token).Refusal);
    }

    [Theory]
    [InlineData("absenteeism")]
    [InlineData("Periodical-Dates")]
    [InlineData("periodical-dates ")]
    public void A_token_for_another_service_is_refused(string service)
    {
        Assert.Equal(IdentityRefusal.WrongAudience, verifier.Verify(issuer.Issue(Users.Bob, service)).Refusal);
    }

    [Fact]
    public void A_token_of_another_key_is_refused()
    {
        using var forger = new IdentityIssuer(KeyPair.Fresh().Private, clock);

        Assert.Equal(IdentityRefusal.SignatureInvalid, verifier.Verify(forger.Issue(Users.Bob, "periodical-dates")).Refusal);
    }

    [Fact]
    public void A_token_issued_under_another_name_is_refused()
    {
        Assert.Equal(IdentityRefusal.WrongIssuer, verifier.Verify(Signed(Payload(iss: "someone-else"))).Refusal);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("nOnE")]
    [InlineData("")]
    public void Algorithm_none_is_refused_with_and_without_a_signature(string algorithm)
    {
        var signature = issuer.Issue(Users.Bob, "periodical-dates").Split('.')[2];
        var unsigned = $"{Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{Encode(Payload())}.";

        Assert.Equal(IdentityRefusal.AlgorithmNotAllowed, verifier.Verify(unsigned).Refusal);
        Assert.Equal(IdentityRefusal.AlgorithmNotAllowed, verifier.Verify(unsigned + signature).Refusal);
    }

    [Fact]
    public void A_hash_keyed_with_the_public_key_is_refused()
    {
        foreach (var secret in new[] { keys.Public, keys.Public.ReplaceLineEndings("\r\n"), keys.Public + "\n" })
        {
            foreach (var algorithm in new[] { "HS256", "ES256" })
            {
                var signed = $"{Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{Encode(Payload())}";
                var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(signed));

                Assert.False(verifier.Verify($"{signed}.{Base64Url.EncodeToString(hash)}").Accepted);
            }
        }
    }

    [Theory]
    [InlineData("ES384")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("es256")]
    public void Every_other_algorithm_is_refused_even_with_the_right_signature(string algorithm)
    {
        Assert.Equal(IdentityRefusal.AlgorithmNotAllowed, verifier.Verify(Signed(Payload(), $$"""{"alg":"{{algorithm}}"}""")).Refusal);
    }

    [Theory]
    [InlineData("""{"alg":"ES256","crit":["b64"],"b64":false}""")]
    [InlineData("""{"alg":"ES256","crit":null}""")]
    [InlineData("""{"alg":"none","alg":"ES256"}""")]
    [InlineData("""{"alg":["ES256"]}""")]
    [InlineData("""[]""")]
    [InlineData("""null""")]
    [InlineData("")]
    public void A_header_that_is_not_understood_is_refused_even_with_the_right_signature(string header)
    {
        Assert.False(verifier.Verify(Signed(Payload(), header)).Accepted);
    }

    [Fact]
    public void A_key_that_travels_in_the_header_is_ignored()
    {
        var foreign = KeyPair.Fresh();
        using var key = ECDsa.Create();
        key.ImportFromPem(foreign.Private);
        var parameters = key.ExportParameters(includePrivateParameters: false);
        var header = $$"""{"alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"{{Base64Url.EncodeToString(parameters.Q.X)}}","y":"{{Base64Url.EncodeToString(parameters.Q.Y)}}"} }""";

        Assert.Equal(IdentityRefusal.SignatureInvalid, verifier.Verify(Signed(Payload(), header, foreign)).Refusal);
    }

    [Fact]
    public void A_token_with_any_character_changed_is_refused()
    {
        var token = issuer.Issue(Users.Bob, "periodical-dates");

        for (var at = 0; at < token.Length; at++)
        {
            var tampered = token.ToCharArray();
            tampered[at] = tampered[at] == 'A' ? 'B' : 'A';
            Assert.False(verifier.Verify(new string(tampered)).Accepted, $"character {at} of {token.Length} was changed and nobody noticed");
        }
    }

    [Fact]
    public void Claims_swapped_between_two_genuine_tokens_are_refused()
    {
        var bob = issuer.Issue(Users.Bob, "periodical-dates").Split('.');
        var admin = issuer.Issue(Users.Named("root", "admin"), "periodical-dates").Split('.');

        Assert.Equal(IdentityRefusal.SignatureInvalid, verifier.Verify($"{bob[0]}.{admin[1]}.{bob[2]}").Refusal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("!!!.???.***")]
    [InlineData("e30.e30.e30=")]
    [InlineData(" e30.e30.e30")]
    public void What_is_no_token_is_refused(string token)
    {
        Assert.False(verifier.Verify(token).Accepted);
    }

    [Fact]
    public void A_token_beyond_the_limit_is_not_even_read()
    {
        Assert.Equal(IdentityRefusal.Malformed, verifier.Verify(new('a', IdentityVerifier.MaxTokenLength + 1)).Refusal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"iss":"strangler-facade","aud":["periodical-dates"],"sub":"bob","name":"bob","roles":[],"claims":[],"iat":1772366400,"exp":1772366460}""")]
    [InlineData("""{"iss":"strangler-facade","aud":"periodical-dates","sub":"bob","name":"bob","roles":[],"claims":[],"iat":1772366400}""")]
    [InlineData("""{"iss":"strangler-facade","aud":"periodical-dates","sub":null,"name":"bob","roles":[],"claims":[],"iat":1772366400,"exp":1772366460}""")]
    [InlineData("""{"iss":"strangler-facade","aud":"other","aud":"periodical-dates","sub":"bob","name":"bob","roles":[],"claims":[],"iat":1772366400,"exp":1772366460}""")]
    public void Signed_claims_of_another_shape_are_refused(string payload)
    {
        Assert.Equal(IdentityRefusal.Malformed, verifier.Verify(Signed(payload)).Refusal);
    }

    [Fact]
    public async Task Issuer_and_verifier_serve_many_threads()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Run(() =>
        {
            for (var round = 0; round < 20; round++)
                Assert.Equal($"user {number}", verifier.Verify(issuer.Issue(Users.Named($"user {number}"), "periodical-dates")).User?.Identity?.Name);
        })));
    }

    [Fact]
    public void The_signature_is_the_one_that_others_make()
    {
        // RFC 7515, A.3: a signature made elsewhere over {"alg":"ES256"} and these claims. It holds; the claims are not ours.
        var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new()
            {
                X = Base64Url.DecodeFromChars("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                Y = Base64Url.DecodeFromChars("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
            },
        });
        const string token =
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
            + "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        using var verifier = new IdentityVerifier(key.ExportSubjectPublicKeyInfoPem(), "periodical-dates", clock, Skew);

        Assert.Equal(IdentityRefusal.Malformed, verifier.Verify(token).Refusal);
        Assert.Equal(IdentityRefusal.SignatureInvalid, verifier.Verify(token.Replace("DtEh", "DtEi", StringComparison.Ordinal)).Refusal);
    }

    public void Dispose()
    {
        issuer.Dispose();
        verifier.Dispose();
    }

    private static string Payload(string iss = "strangler-facade") => JsonSerializer.Serialize(new
    {
        iss, aud = "periodical-dates", sub = "root", name = "root", roles = new[] { "admin" }, claims = Array.Empty<object>(), iat = 1772366400, exp = 1772366460,
    });

    private string Signed(string payload, string header = """{"alg":"ES256","typ":"JWT"}""", KeyPair? keys = null)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem((keys ?? this.keys).Private);
        var signed = $"{Encode(header)}.{Encode(payload)}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
