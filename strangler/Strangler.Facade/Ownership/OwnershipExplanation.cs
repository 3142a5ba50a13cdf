using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>Says in words which route owns a request, why no other does, and who answers.</summary>
internal static class OwnershipExplanation
{
    /// <summary>How many routes that lost are named; a table may have thousands with one path.</summary>
    private const int MostNamed = 20;

    public static Explanation Of(OwnershipTable table, string method, string host, string rawTarget, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(rawTarget);
        var path = table.PathOf(rawTarget);
        var headers = caller.Headers();
        var request = new RequestFacts(method, host, rawTarget, headers);
        var winner = table.FindByPath(path, request);
        var reasons = new List<string> { $"The path is read as {path} ({(table.CaseSensitive ? "with" : "without")} case)." };
        var candidates = table.Candidates(path);
        foreach (var route in candidates.Where(route => route != winner).Take(MostNamed).Append(winner).OrderBy(candidates.ToList().IndexOf))
        {
            reasons.Add(route == winner ? Won(winner) : Lost(route, winner, request, table));
        }

        if (candidates.Count > MostNamed + 1) reasons.Add($"{candidates.Count - MostNamed - 1} more routes have a path that fits, and do not own it either.");
        var owner = winner.Owner;
        if (winner.Stage == Stage.Canary)
        {
            var (side, why) = CanaryExplanation.Of(winner, caller.User, headers);
            reasons.AddRange(why);
            if (side == Side.Service) owner = winner.Service!;
        }
        else
        {
            reasons.Add(StageOf(winner, owner));
        }

        if (winner.Stage is Stage.Canary or Stage.Service && winner.Fallback is { } fallback) reasons.Add($"When the service fails, or begins no answer within {fallback.After.TotalSeconds:0.###} s, legacy answers instead.");
        return new Explanation(winner.Id, winner.Stage, owner.Name, winner.Service?.Name, owner.Address, reasons);
    }

    private static string Won(OwnedRoute winner) =>
        $"Route '{winner.Id}' owns it: its path {winner.Path} is the most specific that takes this request{(winner.Conditions is { Count: > 0 } conditions ? $", which has what it asks for ({string.Join("; ", conditions)})" : "")}.";

    private static string Lost(OwnedRoute route, OwnedRoute winner, in RequestFacts request, OwnershipTable table)
    {
        if (!route.AcceptsMethod(request.Method)) return $"Route '{route.Id}' has the path {route.Path} but takes only {string.Join(", ", route.Methods)}, not {request.Method}.";
        if (route.HostRank(request.Host) < 0) return $"Route '{route.Id}' has the path {route.Path} but takes only the host {string.Join(", ", route.Hosts)}, not '{request.Host}'.";
        if (route.MissingIn(request, table.Branch) is { } missing) return $"Route '{route.Id}' has the path {route.Path} but takes only {missing}.";
        if (route.Template.Shape(table.CaseSensitive) != winner.Template.Shape(table.CaseSensitive)) return $"Route '{route.Id}' would take it too, but is less specific: {route.Path}.";
        var why = winner.HostRank(request.Host) > route.HostRank(request.Host) ? "its host is less exact"
            : winner.Methods.Count > 0 && route.Methods.Count == 0 ? "it names no method"
            : "it asks for less";
        return $"Route '{route.Id}' has the same path and would take it too, but {why}.";
    }

    private static string StageOf(OwnedRoute route, Owner owner) => route.Stage switch
    {
        Stage.Shadow => $"Stage shadow: legacy answers; afterwards a copy of a GET or HEAD may go to service '{route.Service!.Name}', whose answer is compared and shown to nobody.",
        Stage.Legacy => $"Stage legacy: legacy answers{(route.Service is { } service ? $"; service '{service.Name}' is not asked" : "")}.",
        _ => $"Stage {route.Stage.Word()}: service '{owner.Name}' answers{(route.IdentityRequired ? ", after legacy has said who the user is" : "")}.",
    };
}
