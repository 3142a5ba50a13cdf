using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>Who owns which route: one valid <c>routes.json</c>, compiled. Immutable, safe for any number of threads.</summary>
public sealed class OwnershipTable
{
    private readonly RouteTrie trie;
    private readonly OwnedRoute everythingElse;
    private readonly Dictionary<string, OwnedRoute> byId;

    internal OwnershipTable(string hash, bool caseSensitive, IReadOnlyDictionary<string, Owner> owners, IReadOnlyList<OwnedRoute> routes)
    {
        Hash = hash;
        CaseSensitive = caseSensitive;
        Owners = owners;
        Routes = routes;
        everythingElse = routes[^1];
        byId = routes.ToDictionary(route => route.Id, StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < routes.Count; i++) routes[i].Index = i;
        foreach (var route in routes.Where(route => route.Stage == Stage.Canary))
        {
            var leader = route.Canary!.Follows is { } followed ? byId[followed] : route;
            route.Split = CanarySplit.Of(leader, owners[Owner.LegacyName].SessionCookie);
        }

        trie = new RouteTrie(routes, caseSensitive);
    }

    /// <summary>SHA-256 of the file's bytes, lower-case hex.</summary>
    public string Hash { get; }

    /// <summary>Whether paths are compared with case; false by default, like IIS.</summary>
    public bool CaseSensitive { get; }

    /// <summary>Legacy and every service of the file, by name.</summary>
    public IReadOnlyDictionary<string, Owner> Owners { get; }

    /// <summary>The routes in the order of the file; the last one is <see cref="OwnedRoute.EverythingElseId"/>.</summary>
    public IReadOnlyList<OwnedRoute> Routes { get; }

    /// <summary>How legacy reads a path.</summary>
    internal PathReading Reading { get; init; }

    /// <summary>How the branch of a request is known; null when routes do not differ by branch.</summary>
    internal BranchRule? Branches { get; init; }

    /// <summary>The branch that this facade serves, where branches go by that; null for none.</summary>
    internal string? Branch { get; private init; }

    /// <summary>
    /// The one route that owns a request: the most specific path that takes it; at equal paths the more exact host, then the one that names the method, then the one that
    /// asks for more headers, cookies or a branch.
    /// </summary>
    /// <param name="method">The method as sent; compared without case, because "get" goes on to its owner as GET.</param>
    /// <param name="host">The Host header as sent, with its port; may be empty.</param>
    /// <param name="rawTarget">The request target as sent: origin form, absolute form, or <c>*</c>.</param>
    /// <param name="headers">The headers; null for none.</param>
    public OwnedRoute Find(string method, ReadOnlySpan<char> host, string rawTarget, IHeaderDictionary? headers = null) =>
        FindByPath(PathOf(rawTarget), new RequestFacts(method, host, rawTarget, headers));

    /// <summary>The path that ownership is decided by.</summary>
    internal ReadOnlySpan<char> PathOf(string rawTarget) => RequestPath.Of(rawTarget, Reading);

    /// <summary>The same by a path that is normalised already.</summary>
    internal OwnedRoute FindByPath(ReadOnlySpan<char> path, in RequestFacts request) => trie.Find(path, request, Branch) ?? everythingElse;

    /// <summary>Every route whose path fits, the most specific first.</summary>
    internal IReadOnlyList<OwnedRoute> Candidates(ReadOnlySpan<char> path) => trie.All(path);

    /// <summary>The route by its id, without case; null when there is none.</summary>
    public OwnedRoute? Route(string id) => byId.GetValueOrDefault(id);

    /// <summary>Which route owns a request, and why not another.</summary>
    /// <param name="method">The method as sent.</param>
    /// <param name="host">The Host header as sent; may be empty.</param>
    /// <param name="rawTarget">The request target as sent.</param>
    /// <param name="caller">Who asks, which decides in stage canary; null for somebody unknown.</param>
    public Explanation Explain(string method, string host, string rawTarget, Caller? caller = null) => OwnershipExplanation.Of(this, method, host, rawTarget, caller ?? Caller.Unknown);

    /// <summary>The same table for a facade that serves one branch; itself when branches do not go by that.</summary>
    /// <param name="branch">The branch; null for none.</param>
    public OwnershipTable In(string? branch) =>
        branch == Branch || Branches is not { Source: ConditionSource.Setting } ? this : new OwnershipTable(Hash, CaseSensitive, Owners, Routes) { Reading = Reading, Branches = Branches, Branch = branch };

    /// <summary>The same table with other addresses for some owners (configuration may override the file).</summary>
    /// <param name="addresses">New address by owner name; names that are no owner are ignored.</param>
    public OwnershipTable WithAddresses(IReadOnlyDictionary<string, Uri> addresses)
    {
        if (!addresses.Keys.Any(Owners.ContainsKey)) return this;
        var owners = Owners.Values.ToDictionary(
            owner => owner.Name,
            owner => addresses.TryGetValue(owner.Name, out var address) ? owner with { Address = address, Rules = owner.Rules is null ? null : owner.Rules with { Destinations = [address] } } : owner,
            StringComparer.OrdinalIgnoreCase);
        return new OwnershipTable(Hash, CaseSensitive, owners, [.. Routes.Select(route => route.With(owners))]) { Reading = Reading, Branches = Branches, Branch = Branch };
    }
}
