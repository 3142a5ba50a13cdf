using System.Globalization;
using System.Text.Json;

namespace Strangler.Facade;

/// <summary>Reads a route's block <c>shadow</c>, and the rules of the stage.</summary>
internal sealed class ShadowReader(RouteErrors errors)
{
    private static readonly string[] Credentials = ["strip", "pass"];
    private readonly ValueReader values = new(errors);

    public ShadowSettings Read(PlacedValue route)
    {
        if (route["shadow"] is not { } block) return ShadowSettings.Default;
        if (!values.IsObject(block, "share", "noise", "exclude", "ignore", "reveal", "credentials", "headers", "sink", "changes")) return ShadowSettings.Default;
        return new ShadowSettings
        {
            Share = Percent(block, "share", ShadowSettings.Default.Share),
            Noise = Percent(block, "noise", ShadowSettings.Default.Noise),
            Exclude = [.. Texts(block, "exclude").Select(Template).OfType<PathTemplate>()],
            Ignore = [.. Texts(block, "ignore").Where(IsField).Select(item => new FieldPattern(item.Text!))],
            Reveal = [.. Texts(block, "reveal").Where(IsField).Select(item => new FieldPattern(item.Text!))],
            PassCredentials = values.Choice(block, "credentials", Credentials, "strip") == "pass",
            Headers = [.. Texts(block, "headers").Where(IsHeader).Select(item => item.Text!)],
            Sink = Sink(block),
            Changes = Changes(block),
        };
    }

    /// <summary>What a route in stage shadow must be.</summary>
    public void Check(PlacedValue item, OwnedRoute route)
    {
        if (item["shadow"] is { } block && route.Template.IsEverything && route.Id == OwnedRoute.EverythingElseId)
        {
            errors.Add(block, "'everything-else' is never shadowed.", "Leave \"shadow\" out; give what moves an entry of its own.");
        }

        if (route.Stage != Stage.Shadow || item["stage"] is not { } stage) return;
        if (route.Template.IsEverything && route.Id != OwnedRoute.EverythingElseId)
        {
            errors.Add(stage, $"Route '{route.Id}' takes every path, so nobody can know that its requests change nothing.", "Shadow routes with a path of their own; write \"legacy\".");
        }

        if (route.Methods.Count > 0 && !route.Methods.Any(ShadowFilter.IsSafe) && route.Shadow.Sink is null)
        {
            errors.Add(stage, $"Route '{route.Id}' takes only {string.Join(", ", route.Methods)}, and requests with side effects are not copied.", "Name a \"sink\" in its \"shadow\", or write \"legacy\".");
        }
    }

    private double Percent(PlacedValue block, string name, double otherwise)
    {
        if (block[name] is not { } value) return otherwise;
        if (value.Kind == JsonValueKind.Number && double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and <= 100) return percent;
        errors.Add(value, $"'{name}' must be a number of percent.", "Write 0 to 100, without quotes.");
        return otherwise;
    }

    private IEnumerable<PlacedValue> Texts(PlacedValue block, string name) => values.Texts(block, name, "it says nothing", "Leave it out for none.");

    private ChangeCounter? Changes(PlacedValue block)
    {
        if (block["changes"] is not { } counter || !values.IsObject(counter, "url", "value")) return null;
        var url = values.Url(counter, "url", "http://127.0.0.1:8085/lag");
        var value = values.Text(counter, "value", "Add \"value\": \"head\".");
        return url is null || value is null ? null : new ChangeCounter(url, value);
    }

    private PathTemplate? Template(PlacedValue item)
    {
        var (template, message, cure) = PathTemplate.Parse(item.Text!);
        if (template is null) errors.Add(item, message, cure);
        return template;
    }

    private bool IsField(PlacedValue item)
    {
        if (FieldPattern.Problem(item.Text!) is not { } problem) return true;
        errors.Add(item, problem, "Copy a field from `strangler mismatches ROUTE`, e.g. \"body.items[].updated_at\" or \"header.x-*\".");
        return false;
    }

    private bool IsHeader(PlacedValue item)
    {
        if (Framing.IsToken(item.Text!)) return true;
        errors.Add(item, $"'{item.Text}' is no header.", "Write its name alone, e.g. \"X-Tenant\".");
        return false;
    }

    private Uri? Sink(PlacedValue block)
    {
        if (values.Text(block, "sink", null) is not { } text) return null;
        var address = OwnerReader.Address(text);
        if (address is null) errors.Add(block["sink"]!, $"'{text}' is no address.", "Write scheme, host and port alone, e.g. \"http://127.0.0.1:8090\".");
        return address;
    }
}
