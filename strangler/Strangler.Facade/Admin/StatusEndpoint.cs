using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Strangler.Facade;

/// <summary>GET /status[?route=ID …][&amp;stage=STAGE …]: what is in force and how it goes; with either, of these routes alone.</summary>
internal sealed class StatusEndpoint(FacadeOptions options, LiveOwnership ownership, History history, ShadowLedger shadows, GateReports gates, OpenExchanges exchanges)
{
    public Task AnswerAsync(HttpContext context) => AdminEndpoints.WriteAsync(context, Of(context.Request.Query["route"], context.Request.Query["stage"]));

    private FacadeStatus Of(StringValues ids, StringValues stages)
    {
        var live = ownership.Current;
        IEnumerable<OwnedRoute> routes = ids.Count == 0 ? live.Table.Routes : ids.Select(id => live.Table.Route(id ?? "")).OfType<OwnedRoute>();
        if (stages.Count > 0) routes = routes.Where(route => stages.Contains(route.Stage.Word()));
        var (open, draining, drainedBy) = exchanges.Read();
        return new FacadeStatus(
            live.Revision, live.Table.Hash, Path.GetFullPath(options.Routes), live.Since, live.Table.Routes.Count, [.. routes.Select(route => Of(live.PlanOf(route)))], [.. live.Services.Select(Of)],
            new FacadeStatus.OpenCounts(open, draining, drainedBy), ownership.Refused, history.Problem);
    }

    private FacadeStatus.Route Of(RoutePlan plan)
    {
        var route = plan.Route;
        var requests = plan.Traffic.Read();
        var shadow = route.Stage == Stage.Shadow ? shadows.Of(route.Id) : null;
        var compared = shadow?.Tally.Read();
        var changed = history.LastOf(route.Id);
        var judged = plan.Measure is not null || shadow is not null ? gates.Of(plan) : null;
        return new FacadeStatus.Route(
            route.Id, route.Path, route.Methods, route.Hosts, route.Conditions, route.Service?.Name, route.Stage.Word(), route.Share, route.Owner.Name,
            AdminEndpoints.Url(route.Owner.Address), route.IdentityRequired ? "required" : "none", route.Fallback is null ? null : Owner.LegacyName, route.AccessLog,
            changed is null ? null : new FacadeStatus.Change(changed.Revision, changed.At, changed.Who, changed.Why, changed.Before),
            new FacadeStatus.Requests(requests.Legacy, requests.LegacyFailed, requests.Service, requests.ServiceFailed),
            compared is null ? null : new FacadeStatus.ShadowNumbers(shadow!.Since, compared.Compared, compared.Different),
            judged?.Verdict,
            StepsOf(plan));
    }

    private static FacadeStatus.StepState? StepsOf(RoutePlan plan)
    {
        if (plan is not { Route: { Stage: Stage.Canary, Canary: { Share: { } share, Steps.Count: > 0 } rule }, Measure: { } measure }) return null;
        var further = rule.Steps.Where(step => step > share).Select(step => (decimal?)step.Percent).FirstOrDefault();
        return new FacadeStatus.StepState(share.Percent, further, further is null ? null : measure.Since + rule.Every);
    }

    private static FacadeStatus.Service Of(OwnerPlan service) => new(
        service.Owner.Name,
        service.Owner.Rules!.LoadBalancing,
        [.. service.Pool.Destinations.Select(destination => new FacadeStatus.Destination(destination.Prefix, destination.IsHealthy, destination.InFlight))],
        service.Breaker?.View is { } view ? new FacadeStatus.Breaker(view.Word, view.Until, view.Requests, view.Failures) : null);
}
