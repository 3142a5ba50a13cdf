using System.Text.Json;

namespace Strangler.Facade;

/// <summary>Reads the <c>canary</c> block of a route, and holds routes in stage canary to its rules.</summary>
internal sealed class CanaryReader(RouteErrors errors)
{
    private const string Writes = "split";
    private static readonly TimeSpan LongestStep = new(23, 59, 59);
    private static readonly CanaryRule Otherwise = new(null, null, null, null, false);
    private static readonly string[] WritesChoice = ["never", Writes];
    private readonly ValueReader values = new(errors);

    /// <summary>The block; null when there is none, or (noted) it is no object.</summary>
    public CanaryRule? Read(PlacedValue route)
    {
        if (route["canary"] is not { } block || !values.IsObject(block, "share", "salt", "follows", "testers", "writes", "steps", "every")) return null;
        var follows = values.Text(block, "follows", null);
        if (follows is not null)
        {
            foreach (var name in (string[])["share", "salt", "testers", "steps", "every"])
            {
                if (block[name] is { } own) errors.Add(own, $"A route that follows another has no '{name}' of its own.", "Keep either this or 'follows'.");
            }
        }

        return new CanaryRule(ReadShare(block), values.Text(block, "salt", null), follows, Testers(block), values.Choice(block, "writes", WritesChoice, "never") == Writes)
        {
            Steps = Steps(block),
            Every = values.Duration(block, "every", TimeSpan.FromSeconds(1), LongestStep, Otherwise.Every),
        };
    }

    /// <summary>Rules for routes in stage canary: a share, one writer, and leaders that lead.</summary>
    public void Check(IReadOnlyList<RouteReader.Placed> routes)
    {
        var byId = routes.GroupBy(placed => placed.Route.Id, StringComparer.OrdinalIgnoreCase).ToDictionary(group => group.Key, group => group.First(), StringComparer.OrdinalIgnoreCase);
        foreach (var placed in routes)
        {
            if (placed.Route.Stage == Stage.Canary) CheckStage(placed);
            if (placed.Route.Canary?.Follows is { } leader) CheckLeader(placed, leader, byId);
        }
    }

    private void CheckStage(RouteReader.Placed placed)
    {
        var (route, at) = (placed.Route, placed.At["stage"]!);
        if (route.Canary is null or { Share: null, Follows: null } && (placed.At["canary"]?["share"] ?? placed.At["canary"]?["follows"]) is null)
        {
            errors.Add(at, "The stage 'canary' needs a share.", "Add \"canary\": { \"share\": 5 } to the route, or \"canary\": { \"follows\": \"route\" }.");
        }

        if (route.TakesUnsafeMethods && route.Canary is not { SplitsWrites: true })
        {
            errors.Add(
                at,
                "In stage 'canary' this route would have two writers: it takes methods that write.",
                "Name \"methods\": [\"GET\", \"HEAD\"] in its match and give the others an entry of their own; or, if both owners may write, add \"writes\": \"split\" to \"canary\".");
        }
    }

    private void CheckLeader(RouteReader.Placed placed, string leader, Dictionary<string, RouteReader.Placed> byId)
    {
        var at = placed.At["canary"]!["follows"]!;
        if (!byId.TryGetValue(leader, out var followed))
        {
            errors.Add(at, $"There is no route '{leader}' to follow.", Spelling.Cure(leader, [.. byId.Keys], "Write the id of the route whose users this one splits alike."));
        }
        else if (followed.Route == placed.Route)
        {
            errors.Add(at, "A route cannot follow itself.", "Write the id of another route, or a \"share\".");
        }
        else if (followed.Route.Canary?.Follows is { } further)
        {
            errors.Add(at, $"The route '{followed.Route.Id}' follows another itself.", $"Write \"{further}\".");
        }
    }

    private List<Share> Steps(PlacedValue block)
    {
        var steps = new List<Share>();
        if (block["steps"] is not { } list)
        {
            if (block["every"] is { } alone) errors.Add(alone, "'every' says nothing without steps.", "Add \"steps\": [5, 25, 50, 100], or leave it out.");
            return steps;
        }

        if (list.Kind != JsonValueKind.Array || list.Items.Count == 0)
        {
            errors.Add(list, "'steps' must be a list of shares.", "Write e.g. [5, 25, 50, 100], or leave it out.");
            return steps;
        }

        foreach (var item in list.Items)
        {
            if (ReadShare(item, "steps") is not { } step) continue;
            if (steps.Count > 0 && step <= steps[^1]) errors.Add(item, $"The step {step} does not lead on from {steps[^1]}.", "Write the shares in rising order.");
            else steps.Add(step);
        }

        return steps;
    }

    private Share? ReadShare(PlacedValue block) => block["share"] is { } value ? ReadShare(value, "share") : null;

    private Share? ReadShare(PlacedValue value, string name)
    {
        if (value.Kind == JsonValueKind.Number && Share.TryParse(value.Text!, out var share)) return share;
        errors.Add(value, name == "share" ? "'share' must be a number from 0 to 100, with two decimals at most." : "A step must be a number from 0 to 100, with two decimals at most.", "Write the percentage of users that the service answers, e.g. 12.5.");
        return null;
    }

    private CanaryTesters? Testers(PlacedValue block)
    {
        if (block["testers"] is not { } testers || !values.IsObject(testers, "header", "cookie")) return null;
        if (testers.Members.Count == 0) errors.Add(testers, "'testers' names neither a header nor a cookie.", "Write e.g. { \"header\": \"X-Canary\" }, or leave it out.");
        return new CanaryTesters(values.Token(testers, "header"), values.Token(testers, "cookie"));
    }
}
