using System.Text.RegularExpressions;

namespace Strangler.Messaging;

/// <summary>A consumer's name is part of queue names and of the key of its rows.</summary>
internal static partial class ConsumerName
{
    public const string Rule = "a consumer's name is 1 to 100 letters, digits, dashes and underscores.";

    public static bool IsValid(string name) => Name().IsMatch(name);

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,100}\z")]
    private static partial Regex Name();
}
