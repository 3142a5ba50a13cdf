namespace Strangler.Facade;

/// <summary>Where a condition looks.</summary>
internal enum ConditionSource
{
    /// <summary>A header; of several with that name the first counts.</summary>
    Header,

    /// <summary>A cookie; of several with that name the first counts.</summary>
    Cookie,

    /// <summary>A parameter of the query, decoded; of several with that name the first counts.</summary>
    Query,

    /// <summary>The first label of the Host, without case.</summary>
    Host,

    /// <summary>The facade's own setting, <see cref="FacadeOptions.Branch"/>.</summary>
    Setting,
}

/// <summary>One thing that a request must have besides path, method and host: a header or cookie, with one of some values or with any; or a branch. Immutable.</summary>
/// <param name="Source">Where it looks.</param>
/// <param name="Name">The name of the header, cookie or parameter; empty for host and setting.</param>
/// <param name="Values">The values of which it must have one, compared exactly; empty for any.</param>
/// <param name="IsBranch">Whether the values are branches.</param>
internal sealed record RouteCondition(ConditionSource Source, string Name, IReadOnlyList<string> Values, bool IsBranch)
{
    /// <summary>What it adds to a route's rank: a value is more specific than presence.</summary>
    public int Weight => Values.Count > 0 ? 2 : 1;

    /// <summary>As people read it, e.g. <c>header X-Unit: 1, 2</c>, <c>cookie beta</c> or <c>branch north</c>.</summary>
    public override string ToString() => IsBranch ? $"branch {string.Join(", ", Values)}" : $"{Word} {Name}{(Values.Count > 0 ? $": {string.Join(", ", Values)}" : "")}";

    private string Word => Source.ToString().ToLowerInvariant();

    /// <summary>Whether a request has it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="setting">The branch that this facade serves; null for none.</param>
    public bool Holds(in RequestFacts request, string? setting)
    {
        var value = ValueOf(request, setting, out var has);
        if (!has || Values.Count == 0) return has;
        foreach (var wanted in Values)
        {
            if (value.Equals(wanted, Source == ConditionSource.Host ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)) return true;
        }

        return false;
    }

    /// <summary>Whether no request can have both: they look at the same place for different values.</summary>
    public bool Excludes(RouteCondition other) =>
        Source == other.Source && Name.Equals(other.Name, Source == ConditionSource.Header ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)
        && Values.Count > 0 && other.Values.Count > 0 && !Values.Intersect(other.Values, Source == ConditionSource.Host ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal).Any();

    /// <summary>Why a request does not have it, for people. Values that were sent are not repeated: they may be personal.</summary>
    public string Missing(in RequestFacts request, string? setting)
    {
        ValueOf(request, setting, out var has);
        var what = IsBranch ? $"the branch {string.Join(" or ", Values)}" : $"requests with the {Word} '{Name}'{(Values.Count > 0 ? $" = {string.Join(" or ", Values)}" : "")}";
        return $"{what}, and this one has {(has ? "another" : "none")}";
    }

    private ReadOnlySpan<char> ValueOf(in RequestFacts request, string? setting, out bool has)
    {
        var value = Source switch
        {
            ConditionSource.Header => request.Headers is { } headers && headers.TryGetValue(Name, out var lines) && lines.Count > 0 ? lines[0].AsSpan().Trim() : default,
            ConditionSource.Cookie => request.Headers is { } with ? CookieHeader.Find(with.Cookie, Name) : default,
            ConditionSource.Query => QueryParameter.Find(request.Target, Name),
            ConditionSource.Host => FirstLabel(request.Host),
            _ => setting.AsSpan(),
        };
        // A name without a value says nothing.
        has = !value.IsEmpty;
        return value;
    }

    private static ReadOnlySpan<char> FirstLabel(ReadOnlySpan<char> host)
    {
        var end = host.IndexOfAny('.', ':');
        return end < 0 ? host : host[..end];
    }
}
