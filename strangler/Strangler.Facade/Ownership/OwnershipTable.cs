namespace Strangler.Facade;

/// <summary>Who owns which route: one valid <c>routes.json</c>, compiled. Immutable, safe for any number of threads.</summary>
public sealed class OwnershipTable
{
    private readonly RouteTrie _trie;
    private readonly OwnedRoute _everythingElse;
    private readonly Dictionary<string, OwnedRoute> _byId;

    internal OwnershipTable(string hash, bool caseSensitive, IReadOnlyDictionary<string, Owner> owners, IReadOnlyList<OwnedRoute> routes)
    {
        Hash = hash;
        CaseSensitive = caseSensitive;
        Owners = owners;
        Routes = routes;
        _everythingElse = routes[^1];
        _byId = routes.ToDictionary(route => route.Id, StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < routes.Count; i++) routes[i].Index = i;
        foreach (var route in routes.Where(route => route.Stage == Stage.Canary))
        {
            var leader = route.Canary!.Follows is { } followed ? _byId[followed] : route;
            route.Split = CanarySplit.Of(leader, owners[Owner.LegacyName].SessionCookie);
        }

        _trie = new RouteTrie(routes, caseSensitive);
    }

    /// <summary>SHA-256 of the file's bytes, lower-case hex.</summary>
    public string Hash { get; }

    /// <summary>Whether paths are compared with case; false by default, like IIS.</summary>
    public bool CaseSensitive { get; }

    /// <summary>Legacy and every service of the file, by name.</summary>
    public IReadOnlyDictionary<string, Owner> Owners { get; }

    /// <summary>The routes in the order of the file; the last one is <see cref="OwnedRoute.EverythingElseId"/>.</summary>
    public IReadOnlyList<OwnedRoute> Routes { get; }

    /// <summary>The one route that owns a request: the most specific path that takes method and host; at equal paths the more exact host, then the one that names the method.</summary>
    /// <param name="method">The method as sent; compared without case, because "get" goes on to its owner as GET.</param>
    /// <param name="host">The Host header as sent, with its port; may be empty.</param>
    /// <param name="rawTarget">The request target as sent: origin form, absolute form, or <c>*</c>.</param>
    public OwnedRoute Find(string method, ReadOnlySpan<char> host, string rawTarget) =>
        FindByPath(RequestPath.Of(rawTarget), method, host);

    /// <summary>The same by a path that is normalised already.</summary>
    internal OwnedRoute FindByPath(ReadOnlySpan<char> path, string method, ReadOnlySpan<char> host) => _trie.Find(path, method, host) ?? _everythingElse;

    /// <summary>The route by its id, without case; null when there is none.</summary>
    public OwnedRoute? Route(string id) => _byId.GetValueOrDefault(id);

    /// <summary>Which route owns a request, and why not another.</summary>
    /// <param name="method">The method as sent.</param>
    /// <param name="host">The Host header as sent; may be empty.</param>
    /// <param name="rawTarget">The request target as sent.</param>
    /// <param name="caller">Who asks, which decides in stage canary; null for somebody unknown.</param>
    public Explanation Explain(string method, string host, string rawTarget, Caller? caller = null)
    {
        ArgumentNullException.ThrowIfNull(rawTarget);
        var path = RequestPath.Of(rawTarget);
        var winner = Find(method, host, rawTarget);
        var reasons = new List<string> { $"The path is read as {path} ({(CaseSensitive ? "with" : "without")} case)." };
        foreach (var route in _trie.All(path))
        {
            if (route == winner) reasons.Add($"Route '{route.Id}' owns it: its path {route.Path} is the most specific that takes this request.");
            else if (!route.AcceptsMethod(method)) reasons.Add($"Route '{route.Id}' has the path {route.Path} but takes only {string.Join(", ", route.Methods)}, not {method}.");
            else if (route.Rank(method, host) < 0) reasons.Add($"Route '{route.Id}' has the path {route.Path} but takes only the host {string.Join(", ", route.Hosts)}, not '{host}'.");
            else reasons.Add($"Route '{route.Id}' would take it too, but is less specific: {route.Path}.");
        }

        var owner = winner.Owner;
        if (winner.Stage == Stage.Canary)
        {
            var (side, why) = CanaryExplanation.Of(winner, caller ?? Caller.Unknown);
            reasons.AddRange(why);
            if (side == Side.Service) owner = winner.Service!;
        }
        else if (winner.Stage == Stage.Shadow)
        {
            reasons.Add($"Stage shadow: legacy answers; afterwards a copy of a GET or HEAD may go to service '{winner.Service!.Name}', whose answer is compared and shown to nobody.");
        }
        else
        {
            reasons.Add(winner.Stage == Stage.Legacy
                ? $"Stage legacy: legacy answers{(winner.Service is { } service ? $"; service '{service.Name}' is not asked" : "")}."
                : $"Stage {winner.Stage.Word()}: service '{owner.Name}' answers{(winner.IdentityRequired ? ", after legacy has said who the user is" : "")}.");
        }

        if (winner.Stage is Stage.Canary or Stage.Service && winner.Fallback is { } fallback) reasons.Add($"When the service fails, or begins no answer within {fallback.After.TotalSeconds:0.###} s, legacy answers instead.");
        return new Explanation(winner.Id, winner.Stage, owner.Name, winner.Service?.Name, owner.Address, reasons);
    }

    /// <summary>The same table with other addresses for some owners (configuration may override the file).</summary>
    /// <param name="addresses">New address by owner name; names that are no owner are ignored.</param>
    public OwnershipTable WithAddresses(IReadOnlyDictionary<string, Uri> addresses)
    {
        if (!addresses.Keys.Any(Owners.ContainsKey)) return this;
        var owners = Owners.Values.ToDictionary(
            owner => owner.Name,
            owner => addresses.TryGetValue(owner.Name, out var address) ? owner with { Address = address, Rules = owner.Rules is null ? null : owner.Rules with { Destinations = [address] } } : owner,
            StringComparer.OrdinalIgnoreCase);
        var routes = Routes.Select(route => new OwnedRoute(route.Id, route.Template, route.Methods, route.HostPatterns)
        {
            Stage = route.Stage,
            Place = route.Place,
            IdentityRequired = route.IdentityRequired,
            IdleTimeout = route.IdleTimeout,
            Shadow = route.Shadow,
            Canary = route.Canary,
            Fallback = route.Fallback,
            Gates = route.Gates,
            Service = route.Service is null ? null : owners[route.Service.Name],
            Owner = owners[route.Owner.Name],
        });
        return new OwnershipTable(Hash, CaseSensitive, owners, [.. routes]);
    }
}
