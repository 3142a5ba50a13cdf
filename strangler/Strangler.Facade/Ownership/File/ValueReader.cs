using System.Globalization;
using System.Text.Json;

namespace Strangler.Facade;

/// <summary>Reads members of placed objects and notes what is not as it should be.</summary>
internal sealed class ValueReader(RouteErrors errors)
{
    private static readonly string[] DurationFormats = [@"hh\:mm\:ss", @"hh\:mm\:ss\.f", @"hh\:mm\:ss\.ff", @"hh\:mm\:ss\.fff"];

    /// <summary>Notes every member that is not known or appears twice. False when the value is no object at all.</summary>
    public bool IsObject(PlacedValue value, params string[] known)
    {
        if (value.Kind != JsonValueKind.Object)
        {
            errors.Add(value, "This must be an object.", "Write { … }.");
            return false;
        }

        NoTwins(value, StringComparer.Ordinal);
        foreach (var member in value.Members.Where(member => !known.Contains(member.Name)))
        {
            errors.Add(member.Start, member.Value.Path, member.Value.Text, $"'{member.Name}' is not known here.", Spelling.Cure(member.Name, known, $"Known here: {Spelling.List(known)}."));
        }

        return true;
    }

    public void NoTwins(PlacedValue value, StringComparer comparer)
    {
        var seen = new HashSet<string>(comparer);
        foreach (var member in value.Members.Where(member => !seen.Add(member.Name)))
        {
            errors.Add(member.Start, member.Value.Path, member.Value.Text, $"'{member.Name}' appears twice.", "Keep one.");
        }
    }

    /// <summary>The text of a member; null when it is missing (noted when there is a cure for that) or no text.</summary>
    public string? Text(PlacedValue parent, string name, string? cureIfMissing)
    {
        if (parent[name] is not { } value)
        {
            if (cureIfMissing is not null) errors.AddMissing(parent, name, cureIfMissing);
            return null;
        }

        return IsText(value) ? value.Text : null;
    }

    /// <summary>The name of a header or a cookie; null when it is missing, or (noted) cannot be one.</summary>
    public string? Token(PlacedValue parent, string name)
    {
        if (Text(parent, name, null) is not { } text) return null;
        if (Framing.IsToken(text)) return text;
        errors.Add(parent[name]!, $"'{text}' is no name of a {name}.", "Use letters, digits and '-', '_' or '.'.");
        return null;
    }

    /// <summary>A duration as hours, minutes, seconds (and up to three decimals); the default when it is missing or (noted) wrong.</summary>
    public TimeSpan Duration(PlacedValue parent, string name, TimeSpan least, TimeSpan most, TimeSpan otherwise)
    {
        if (parent[name] is not { } value) return otherwise;
        if (value.Kind == JsonValueKind.String && TimeSpan.TryParseExact(value.Text, DurationFormats, CultureInfo.InvariantCulture, out var duration) && duration >= least && duration <= most) return duration;
        errors.Add(value, $"'{name}' must be a duration from {Text(least)} to {Text(most)}.", $"Write hours, minutes and seconds, e.g. \"{Text(otherwise)}\".");
        return otherwise;

        static string Text(TimeSpan duration) => duration.ToString(duration.Milliseconds == 0 ? DurationFormats[0] : DurationFormats[^1], CultureInfo.InvariantCulture);
    }

    /// <summary>Yes or no; false when it is missing or (noted) neither.</summary>
    public bool Flag(PlacedValue parent, string name)
    {
        if (parent[name] is { Kind: not (JsonValueKind.True or JsonValueKind.False) } wrong) errors.Add(wrong, $"'{name}' must be true or false.", "Leave it out for false.");
        return parent[name]?.Kind == JsonValueKind.True;
    }

    /// <summary>A whole number; the default when it is missing or (noted) wrong.</summary>
    public int Number(PlacedValue parent, string name, int least, int most, int otherwise)
    {
        if (parent[name] is not { } value) return otherwise;
        if (value.Kind == JsonValueKind.Number && int.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        errors.Add(value, $"'{name}' must be a whole number from {least} to {most}.", $"Write e.g. {otherwise}.");
        return otherwise;
    }

    /// <summary>A whole URL to ask; null when (noted) it is missing or none.</summary>
    public Uri? Url(PlacedValue parent, string name, string example)
    {
        if (Text(parent, name, $"Add \"{name}\": \"{example}\".") is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", UserInfo.Length: 0 }) return url;
        errors.Add(parent[name]!, $"'{text}' is no URL to ask.", $"Write e.g. \"{example}\".");
        return null;
    }

    /// <summary>Scheme, host and port; null when (noted) it is none.</summary>
    public Uri? Address(PlacedValue value)
    {
        var address = OwnerReader.Address(value.Text!);
        if (address is null) errors.Add(value, $"'{value.Text}' is no address.", "Write scheme, host and port alone, e.g. \"http://127.0.0.1:8082\".");
        return address;
    }

    public bool IsText(PlacedValue value)
    {
        if (value.Kind == JsonValueKind.String && value.Text!.Length > 0) return true;
        errors.Add(value, value.Kind == JsonValueKind.String ? "This text is empty." : "This must be text.", "Write it in double quotes.");
        return false;
    }

    /// <summary>The items of a list member of texts; empty when it is missing. An empty list is an error: what it would mean, leaving it out says.</summary>
    public IEnumerable<PlacedValue> Texts(PlacedValue parent, string name, string emptyMeans = "nothing would match", string cureIfEmpty = "Leave it out to match any.")
    {
        if (parent[name] is not { } list) return [];
        if (list.Kind != JsonValueKind.Array)
        {
            errors.Add(list, $"'{name}' must be a list.", "Write [ … ].");
            return [];
        }

        if (list.Items.Count == 0) errors.Add(list, $"'{name}' is empty, so {emptyMeans}.", cureIfEmpty);
        return list.Items.Where(IsText);
    }

    /// <summary>One word of a fixed choice; the default when the member is missing or (noted) wrong.</summary>
    public string Choice(PlacedValue parent, string name, IReadOnlyList<string> choice, string otherwise)
    {
        if (Text(parent, name, null) is not { } word) return otherwise;
        if (choice.Contains(word)) return word;
        errors.Add(parent[name]!, $"'{word}' is no value of '{name}'.", Spelling.Cure(word, choice, $"Write {Spelling.Choice(choice)}."));
        return otherwise;
    }

    /// <summary>Whether a name can be an id: letters, digits, '-', '_' and '.'; it becomes a label of metrics and a word on the command line.</summary>
    public bool IsId(PlacedValue at, string id, string what)
    {
        if (id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')) return true;
        errors.Add(at, $"'{id}' is no {what}.", "Use letters, digits, '-', '_' and '.' only.");
        return false;
    }
}
