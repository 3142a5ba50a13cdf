using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>Somebody whose request is explained.</summary>
/// <param name="User">The user's name as legacy says it; null for nobody, or unknown.</param>
/// <param name="Cookies">The Cookie header; null for none.</param>
/// <param name="More">Other headers, by name and value; null for none.</param>
public sealed record Caller(string? User = null, string? Cookies = null, IReadOnlyList<KeyValuePair<string, string>>? More = null)
{
    /// <summary>A visitor of whom nothing is known.</summary>
    public static Caller Unknown { get; } = new();

    internal IHeaderDictionary Headers()
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in More ?? []) headers.Append(name, value);
        if (Cookies is not null) headers.Append("Cookie", Cookies);
        return headers;
    }
}
