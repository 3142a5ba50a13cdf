using System.Text.Json;

namespace Strangler.Facade;

/// <summary>Reads <c>match</c> of a route.</summary>
internal sealed class MatchReader(RouteErrors errors, BranchRule? branches)
{
    private static readonly string[] UsualMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
    private readonly ValueReader values = new(errors);

    /// <summary>What the route takes; null when (noted) that cannot be read.</summary>
    public RouteMatch? Read(PlacedValue route)
    {
        if (route["match"] is not { } match)
        {
            errors.AddMissing(route, "match", "Add \"match\": { \"path\": \"/…\" }.");
            return null;
        }

        if (!values.IsObject(match, "path", "methods", "hosts", "headers", "cookies", "branches")) return null;
        var (methods, hosts) = (Methods(match), Hosts(match));
        List<RouteCondition> conditions = [.. Conditions(match, "headers", ConditionSource.Header), .. Conditions(match, "cookies", ConditionSource.Cookie)];
        if (Branches(match) is { } branch) conditions.Add(branch);
        if (values.Text(match, "path", "Add \"path\": \"/orders/{**rest}\".") is not { } path) return null;
        var (template, message, cure) = PathTemplate.Parse(path);
        if (template is not null) return new RouteMatch(template, methods, hosts, conditions);
        errors.Add(match["path"]!, message, cure);
        return null;
    }

    private List<string> Methods(PlacedValue match)
    {
        var methods = new List<string>();
        foreach (var item in values.Texts(match, "methods"))
        {
            var method = item.Text!;
            var upper = method.ToUpperInvariant();
            if (!Framing.IsToken(method)) errors.Add(item, $"'{method}' is no HTTP method.", "Write e.g. \"GET\".");
            else if (method != upper) errors.Add(item, $"'{method}' is written in upper case.", $"Write \"{upper}\".");
            else if (methods.Contains(method)) errors.Add(item, $"'{method}' is listed twice.", "Keep one.");
            else if (!UsualMethods.Contains(method) && Spelling.Cure(method, UsualMethods, "") is { Length: > 0 } cure) errors.Add(item, $"'{method}' looks like a misspelled method.", cure);
            else methods.Add(method);
        }

        return methods;
    }

    private List<HostPattern> Hosts(PlacedValue match)
    {
        var hosts = new List<HostPattern>();
        foreach (var item in values.Texts(match, "hosts"))
        {
            if (HostPattern.TryParse(item.Text!) is not { } host) errors.Add(item, $"'{item.Text}' is no host.", "Write \"name\", \"name:port\" or \"*.name\", without scheme and path.");
            else if (hosts.Exists(other => other.Key == host.Key)) errors.Add(item, $"'{item.Text}' is listed twice.", "Keep one.");
            else hosts.Add(host);
        }

        return hosts;
    }

    private IEnumerable<RouteCondition> Conditions(PlacedValue match, string name, ConditionSource source)
    {
        if (match[name] is not { } block) yield break;
        var what = source == ConditionSource.Header ? "header" : "cookie";
        if (block.Kind != JsonValueKind.Object || block.Members.Count == 0)
        {
            errors.Add(block, $"'{name}' must be an object that names a {what}.", "Write e.g. { \"X-Beta\": true, \"X-Unit\": [\"1\", \"2\"] }, or leave it out.");
            yield break;
        }

        values.NoTwins(block, source == ConditionSource.Header ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var (key, start, value) in block.Members)
        {
            if (!Framing.IsToken(key)) errors.Add(start, value.Path, value.Text, $"'{key}' is no name of a {what}.", "Use letters, digits and '-', '_' or '.'.");
            else if (source == ConditionSource.Header && key.Equals("Host", StringComparison.OrdinalIgnoreCase)) errors.Add(start, value.Path, value.Text, "The host is no condition of this kind.", "Name it in \"hosts\".");
            else if (source == ConditionSource.Header && key.Equals("Cookie", StringComparison.OrdinalIgnoreCase)) errors.Add(start, value.Path, value.Text, "The Cookie header holds many cookies.", "Name the one that counts in \"cookies\".");
            else if (value.Kind == JsonValueKind.True) yield return new RouteCondition(source, key, [], IsBranch: false);
            else if (Choice(value, key) is { Count: > 0 } choice) yield return new RouteCondition(source, key, choice, IsBranch: false);
        }
    }

    private RouteCondition? Branches(PlacedValue match)
    {
        if (match["branches"] is not { } list) return null;
        if (branches is null)
        {
            errors.Add(list, "This file does not say how a branch is known.", "Add e.g. \"branches\": { \"from\": \"header\", \"name\": \"X-Branch\", \"known\": [\"north\", \"south\"] } to the file.");
            return null;
        }

        var chosen = Distinct(values.Texts(match, "branches"));
        foreach (var item in chosen.Where(item => !branches.Known.Contains(item.Text!)))
        {
            errors.Add(item, $"There is no branch '{item.Text}'.", Spelling.Cure(item.Text!, branches.Known, $"Branches of this file: {Spelling.List(branches.Known)}."));
        }

        return chosen.Count == 0 ? null : branches.Of([.. chosen.Select(item => item.Text!)]);
    }

    private List<string> Choice(PlacedValue value, string name)
    {
        if (value.Kind == JsonValueKind.Array && value.Items.Count > 0) return [.. Distinct(value.Items.Where(values.IsText)).Select(item => item.Text!)];
        errors.Add(value, $"'{name}' must be true, or a list of values.", "Write true for \"with any value\", or e.g. [\"1\", \"2\"].");
        return [];
    }

    private List<PlacedValue> Distinct(IEnumerable<PlacedValue> items)
    {
        var distinct = new List<PlacedValue>();
        foreach (var item in items)
        {
            if (distinct.Exists(other => other.Text == item.Text)) errors.Add(item, $"'{item.Text}' is listed twice.", "Keep one.");
            else distinct.Add(item);
        }

        return distinct;
    }
}
