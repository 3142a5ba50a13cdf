namespace Strangler.Facade;

/// <summary>Reads <c>branches</c>: how a request's branch is known, and which there are.</summary>
internal sealed class BranchReader(RouteErrors errors)
{
    private static readonly string[] Sources = ["header", "cookie", "query", "host", "setting"];
    private readonly ValueReader values = new(errors);

    /// <summary>The rule; null when there is none, or (noted) it cannot be read.</summary>
    public BranchRule? Read(PlacedValue root)
    {
        if (root["branches"] is not { } block || !values.IsObject(block, "from", "name", "known")) return null;
        if (block["from"] is null) errors.AddMissing(block, "from", $"Write {Spelling.Choice(Sources)}.");
        var source = (ConditionSource)Array.IndexOf(Sources, values.Choice(block, "from", Sources, Sources[0]));
        var named = source is ConditionSource.Header or ConditionSource.Cookie or ConditionSource.Query;
        if (named && block["name"] is null) errors.AddMissing(block, "name", $"Add the name of the {Sources[(int)source]}.");
        if (!named && block["name"] is { } needless) errors.Add(needless, $"A branch from the {Sources[(int)source]} has no name.", "Leave it out.");
        var name = source == ConditionSource.Query ? values.Text(block, "name", null) : values.Token(block, "name");
        return new BranchRule(source, name ?? "", Known(block)) { Place = errors.Place(block.Start) };
    }

    private List<string> Known(PlacedValue block)
    {
        var known = new List<string>();
        if (block["known"] is null) errors.AddMissing(block, "known", "List the branches that routes may name.");
        foreach (var item in values.Texts(block, "known"))
        {
            if (!values.IsId(item, item.Text!, "branch")) continue;
            if (known.Contains(item.Text!, StringComparer.OrdinalIgnoreCase)) errors.Add(item, $"'{item.Text}' is listed twice.", "Keep one.");
            else known.Add(item.Text!);
        }

        return known;
    }
}
