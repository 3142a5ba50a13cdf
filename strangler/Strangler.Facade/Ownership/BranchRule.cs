namespace Strangler.Facade;

/// <summary>How the branch of a request is known, and which branches there are. A branch is a part of the business (a site, a country, a tenant) whose routes move at a time of their own.</summary>
/// <param name="Source">Where it is read.</param>
/// <param name="Name">The name of the header, cookie or parameter; empty for host and setting.</param>
/// <param name="Known">The branches that routes may name.</param>
internal sealed record BranchRule(ConditionSource Source, string Name, IReadOnlyList<string> Known)
{
    /// <summary>The condition of a route that takes some branches only.</summary>
    public RouteCondition Of(IReadOnlyList<string> branches) => new(Source, Name, branches, IsBranch: true);

    /// <summary>What is wrong when branches go by a facade's setting and this facade's is none of them; null when nothing is.</summary>
    public RouteError? Missing(string? setting) =>
        Source != ConditionSource.Setting || (setting is not null && Known.Contains(setting)) ? null
        : new RouteError(Place.Line, Place.Column, "$.branches", setting, $"Facade:Branch {(setting is null ? "is not set" : $"'{setting}' is no branch of this file")}, and branches go by it.", $"Set it to one of {Spelling.List(Known)} and restart the facade.");

    /// <summary>Where the rule stands in the file.</summary>
    public required (int Line, int Column) Place { get; init; }
}
