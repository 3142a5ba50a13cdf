namespace Strangler.Facade;

/// <summary>What is in force, as GET /status says it.</summary>
internal sealed record FacadeStatus(
    long Revision, string Hash, string File, DateTimeOffset LiveSince, IReadOnlyList<FacadeStatus.Route> Routes, IReadOnlyList<FacadeStatus.Service> Services, RefusedFile? Refused, string? HistoryProblem)
{
    public sealed record Route(
        string Id, string Path, IReadOnlyList<string> Methods, IReadOnlyList<string> Hosts, IReadOnlyList<string> Conditions, string? Service, string Stage, decimal? Share, string Owner, string Destination, string Identity, string? Fallback);

    public sealed record Service(string Name, string LoadBalancing, IReadOnlyList<Destination> Destinations, Breaker? Breaker);

    public sealed record Destination(string Address, bool Healthy, int InFlight);

    public sealed record Breaker(string State, DateTimeOffset? Until, int Requests, int Failures);

    public static FacadeStatus Of(LiveOwnership ownership, History history, FacadeOptions options)
    {
        var live = ownership.Current;
        var routes = live.Table.Routes.Select(route => new Route(
            route.Id, route.Path, route.Methods, route.Hosts, route.Conditions, route.Service?.Name, route.Stage.Word(), route.Share, route.Owner.Name,
            AdminEndpoints.Url(route.Owner.Address), route.IdentityRequired ? "required" : "none", route.Fallback is null ? null : Owner.LegacyName));
        return new FacadeStatus(live.Revision, live.Table.Hash, Path.GetFullPath(options.Routes), live.Since, [.. routes], [.. live.Services.Select(Of)], ownership.Refused, history.Problem);
    }

    private static Service Of(OwnerPlan service) => new(
        service.Owner.Name,
        service.Owner.Rules!.LoadBalancing,
        [.. service.Pool.Destinations.Select(destination => new Destination(destination.Prefix, destination.IsHealthy, destination.InFlight))],
        service.Breaker?.View is { } view ? new Breaker(view.Word, view.Until, view.Requests, view.Failures) : null);
}
