namespace Strangler.Facade;

/// <summary>One entry of the table: what it matches and who owns it. Immutable.</summary>
public sealed class OwnedRoute
{
    /// <summary>The id of the last entry, which takes whatever no other entry matches.</summary>
    public const string EverythingElseId = "everything-else";

    // RFC 9110, 9.2.1.
    private static readonly string[] SafeMethods = ["GET", "HEAD", "OPTIONS", "TRACE"];
    private const int MostWeight = 255;
    private readonly RouteCondition[] conditions;
    private readonly int weight;
    private Owner? service;
    private Owner owner = null!;

    internal OwnedRoute(string id, RouteMatch match)
    {
        Id = id;
        Template = match.Template;
        Methods = match.Methods;
        HostPatterns = match.Hosts;
        Hosts = [.. match.Hosts.Select(host => host.Text)];
        conditions = [.. match.Conditions];
        weight = Math.Min(conditions.Sum(condition => condition.Weight), MostWeight);
    }

    /// <summary>The route's name, unique in the file (compared without case).</summary>
    public string Id { get; }

    /// <summary>The path template as written, e.g. <c>/orders/{id}</c> or <c>/orders/{**rest}</c>.</summary>
    public string Path => Template.Text;

    /// <summary>The methods it takes, upper case; empty means every method.</summary>
    public IReadOnlyList<string> Methods { get; }

    /// <summary>The hosts it takes, as written; empty means every host.</summary>
    public IReadOnlyList<string> Hosts { get; }

    /// <summary>What a request must have besides, as people read it, e.g. <c>header X-Unit: 1</c> or <c>branch north</c>; empty for nothing.</summary>
    public IReadOnlyList<string> Conditions => [.. conditions.Select(condition => condition.ToString())];

    /// <summary>The stage.</summary>
    public required Stage Stage { get; init; }

    /// <summary>The service this route moves to; null when the entry names none yet.</summary>
    public required Owner? Service
    {
        get => service;
        init => service = value;
    }

    /// <summary>Who answers now: legacy or <see cref="Service"/>, by the stage. In stage canary legacy, for those outside the share.</summary>
    public required Owner Owner
    {
        get => owner;
        init => owner = value;
    }

    /// <summary>Whether the service is told who the user is (and unauthenticated users get legacy's own challenge).</summary>
    public required bool IdentityRequired { get; init; }

    /// <summary>How long its exchanges may stand still, e.g. for a long poll; null for <see cref="FacadeOptions.IdleTimeout"/>.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Whether each of its requests is a line of the access log.</summary>
    public bool AccessLog { get; init; }

    /// <summary>What stage shadow does with it.</summary>
    internal ShadowSettings Shadow { get; init; } = ShadowSettings.Default;

    /// <summary>How its users are split in stage canary, as written; null when the entry has no such block.</summary>
    public CanaryRule? Canary { get; init; }

    /// <summary>The stage, with its share where it has one, e.g. <c>canary 12.5</c>: what the history keeps.</summary>
    public StageSetting Setting => new(Stage, Stage == Stage.Canary ? Canary?.Share : null);

    /// <summary>What must be shown before the route moves on; null for nothing.</summary>
    public GateRule? Gates { get; init; }

    /// <summary>The share of users, in percent, that the service answers in stage canary; of a route that follows another, what the other gives it. Null in other stages.</summary>
    public decimal? Share => Split?.Share.Percent;

    /// <summary>That legacy answers when the service fails; null for no.</summary>
    public FallbackRule? Fallback { get; init; }

    /// <summary>The split in force; null outside stage canary. Set once, by the table.</summary>
    internal CanarySplit? Split { get; set; }

    /// <summary>Whether legacy is asked who the user is.</summary>
    internal bool AsksIdentity => Stage is Stage.Shadow or Stage.Service ? IdentityRequired : Split is { } split && split.Share.Buckets > 0 && (IdentityRequired || split.ByUser);

    /// <summary>Whether it takes a method that may change something at its owner.</summary>
    internal bool TakesUnsafeMethods => Methods.Count == 0 || Methods.Any(method => !SafeMethods.Contains(method));

    /// <summary>Everyone who answers some of its users.</summary>
    internal IEnumerable<Owner> Answerers => Stage == Stage.Canary ? [Owner, Service!] : [Owner];

    /// <summary>Whether its paths are written at a service, so that what legacy has may be old. Set once, by the reader of the file.</summary>
    internal bool WritesMoved { get; set; }

    /// <summary>Its place in the table; set once, by the table.</summary>
    internal int Index { get; set; }

    /// <summary>Where its stage stands in the file.</summary>
    internal (int Line, int Column) Place { get; init; }

    internal PathTemplate Template { get; }

    internal IReadOnlyList<HostPattern> HostPatterns { get; }

    /// <summary>How well a request fits, given that the path does: higher wins, negative means not at all. The host weighs most, then the method, then conditions.</summary>
    /// <param name="request">The request.</param>
    /// <param name="branch">The branch that this facade serves; null for none.</param>
    internal int Rank(in RequestFacts request, string? branch)
    {
        if (!AcceptsMethod(request.Method)) return -1;
        var host = HostRank(request.Host);
        if (host < 0) return -1;
        foreach (var condition in conditions)
        {
            if (!condition.Holds(request, branch)) return -1;
        }

        return (((host * 2) + (Methods.Count > 0 ? 1 : 0)) * (MostWeight + 1)) + weight;
    }

    /// <summary>How well a host fits: 0 when the route takes every host, negative when it does not take this one.</summary>
    internal int HostRank(ReadOnlySpan<char> host)
    {
        if (HostPatterns.Count == 0) return 0;
        var best = -1;
        foreach (var pattern in HostPatterns) best = Math.Max(best, pattern.Rank(host));
        return best;
    }

    /// <summary>Whether some request could have the conditions of both.</summary>
    internal bool MayMeet(OwnedRoute other) => !conditions.Any(condition => other.conditions.Any(condition.Excludes));

    /// <summary>What all conditions together weigh.</summary>
    internal int Weight => weight;

    /// <summary>Why its conditions keep it from a request that its path, method and host fit; null when they do not.</summary>
    internal string? MissingIn(in RequestFacts request, string? branch)
    {
        foreach (var condition in conditions)
        {
            if (!condition.Holds(request, branch)) return condition.Missing(request, branch);
        }

        return null;
    }

    /// <summary>The same route with owners of other addresses.</summary>
    internal OwnedRoute With(IReadOnlyDictionary<string, Owner> owners)
    {
        var copy = (OwnedRoute)MemberwiseClone();
        copy.service = service is null ? null : owners[service.Name];
        copy.owner = owners[owner.Name];
        return copy;
    }

    internal bool AcceptsMethod(string method)
    {
        for (var i = 0; i < Methods.Count; i++)
        {
            if (string.Equals(Methods[i], method, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return Methods.Count == 0;
    }
}
