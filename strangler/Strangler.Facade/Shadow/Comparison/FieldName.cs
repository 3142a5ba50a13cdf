namespace Strangler.Facade;

/// <summary>Tells names that a programmer chose from keys that are data: only the former may stand in a field path.</summary>
internal static class FieldName
{
    private const int Longest = 40;
    private const int MostDigits = 3;
    private const int MostMembers = 50;

    /// <summary>Whether an object with these keys is a table by id rather than a record; all its values then share one field path.</summary>
    public static bool IsMap(IReadOnlyCollection<string> keys) => keys.Count > MostMembers || keys.Any(key => !IsName(key));

    public static bool IsName(string key) =>
        key.Length is > 0 and <= Longest
        && (char.IsAsciiLetter(key[0]) || key[0] is '_' or '$' or '@' or '.')
        && key.AsSpan(1).IndexOfAnyExcept(Letters) < 0
        && key.Count(char.IsAsciiDigit) <= MostDigits;

    private static readonly System.Buffers.SearchValues<char> Letters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-$.:");
}
