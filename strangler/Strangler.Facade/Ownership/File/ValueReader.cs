using System.Text.Json;

namespace Strangler.Facade;

/// <summary>Reads members of placed objects and notes what is not as it should be.</summary>
internal sealed class ValueReader(RouteErrors errors)
{
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
        if (text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c))) return text;
        errors.Add(parent[name]!, $"'{text}' is no name of a {name}.", "Use letters, digits and '-', '_' or '.'.");
        return null;
    }

    public bool IsText(PlacedValue value)
    {
        if (value.Kind == JsonValueKind.String && value.Text!.Length > 0) return true;
        errors.Add(value, value.Kind == JsonValueKind.String ? "This text is empty." : "This must be text.", "Write it in double quotes.");
        return false;
    }

    /// <summary>The items of a list member of texts; empty when it is missing. An empty list is an error: leaving it out means "any".</summary>
    public IEnumerable<PlacedValue> Texts(PlacedValue parent, string name)
    {
        if (parent[name] is not { } list) return [];
        if (list.Kind != JsonValueKind.Array)
        {
            errors.Add(list, $"'{name}' must be a list.", "Write [ … ].");
            return [];
        }

        if (list.Items.Count == 0) errors.Add(list, $"'{name}' is empty, so nothing would match.", "Leave it out to match any.");
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
