namespace Strangler.Facade;

/// <summary>Somebody whose request is explained.</summary>
/// <param name="User">The user's name as legacy says it; null for nobody, or unknown.</param>
/// <param name="Cookies">The Cookie header; null for none.</param>
public sealed record Caller(string? User = null, string? Cookies = null)
{
    /// <summary>A visitor of whom nothing is known.</summary>
    public static Caller Unknown { get; } = new();
}
