namespace Strangler.Facade;

/// <summary>What is in force, as GET /status says it.</summary>
internal sealed record FacadeStatus(
    long Revision, string Hash, string File, DateTimeOffset LiveSince, IReadOnlyList<FacadeStatus.Route> Routes, RefusedFile? Refused, string? HistoryProblem)
{
    public sealed record Route(
        string Id, string Path, IReadOnlyList<string> Methods, IReadOnlyList<string> Hosts, string? Service, string Stage, decimal? Share, string Owner, string Destination, string Identity);

    public static FacadeStatus Of(LiveOwnership ownership, History history, FacadeOptions options)
    {
        var live = ownership.Current;
        var routes = live.Table.Routes.Select(route => new Route(
            route.Id, route.Path, route.Methods, route.Hosts, route.Service?.Name, route.Stage.Word(), route.Share, route.Owner.Name,
            AdminEndpoints.Url(route.Owner.Address), route.IdentityRequired ? "required" : "none"));
        return new FacadeStatus(live.Revision, live.Table.Hash, Path.GetFullPath(options.Routes), live.Since, [.. routes], ownership.Refused, history.Problem);
    }
}
