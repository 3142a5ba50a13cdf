using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Strangler.Facade;

/// <summary>The secret that whoever asks the admin endpoints must know. Only its hash is held.</summary>
internal sealed class AdminToken
{
    private const string Scheme = "Bearer ";
    private readonly byte[] hash;

    private AdminToken(string token) => hash = HashOf(token);

    /// <summary>Reads the token's file: one line of 16 to 512 visible ASCII characters, whatever white space around it.</summary>
    /// <returns>The token; or why there is none, which never says what the file holds.</returns>
    public static (AdminToken? Token, string? Problem) Read(string file)
    {
        try
        {
            var token = File.ReadAllText(file).Trim();
            return token.Length is >= 16 and <= 512 && token.All(c => c is > ' ' and <= '~') ? (new AdminToken(token), null) : (null, "holds no token of 16 to 512 visible ASCII characters");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return (null, $"cannot be read: {cause.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Whether an Authorization header holds it; takes as long for a wrong one as for the right one.</summary>
    public bool IsIn(StringValues authorization) =>
        authorization.Count == 1 && authorization[0] is { } value && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && CryptographicOperations.FixedTimeEquals(HashOf(value[Scheme.Length..]), hash);

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
