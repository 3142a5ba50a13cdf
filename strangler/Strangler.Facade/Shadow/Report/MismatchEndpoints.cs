using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Strangler.Facade;

/// <summary>GET /mismatches?route=ID, and POST /mismatches/repeat {route, id, headers}.</summary>
internal sealed class MismatchEndpoints(LiveOwnership ownership, ShadowLedger ledger, MismatchRepeat repeat)
{
    private sealed record Repetition(string? Route, string? Id, Dictionary<string, string>? Headers);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/mismatches", ShowAsync);
        routes.MapPost("/mismatches/repeat", RepeatAsync);
    }

    private Task ShowAsync(HttpContext context)
    {
        if (AdminEndpoints.Query(context, "route") is not { } id) return AdminEndpoints.RefuseAsync(context, "'route' is missing: /mismatches?route=ID.");
        return Find(id, out var route, out var shadow) is { } problem
            ? AdminEndpoints.RefuseAsync(context, problem)
            : AdminEndpoints.WriteAsync(context, MismatchReport.Of(route, shadow));
    }

    private async Task RepeatAsync(HttpContext context)
    {
        // A page that somebody is lured to cannot send this type without being asked first.
        if (!context.Request.HasJsonContentType() || await ReadAsync(context) is not { Route: { } id, Id: { } sample } wanted)
        {
            await AdminEndpoints.RefuseAsync(context, "A repetition is application/json: {route, id, headers}, the id that of a sample, the headers by name.");
            return;
        }

        var problem = Find(id, out _, out var shadow);
        var seen = shadow?.Requests.Find(sample);
        if (problem is null && seen is null) problem = $"There is no sample '{sample}' of route '{id}' any more; `strangler mismatches {id}` shows those there are.";
        if (problem is null && !ShadowFilter.IsSafe(seen!.Method)) problem = $"The request of sample '{sample}' has side effects and its body was not kept, so it is not sent again.";
        if (problem is not null) await AdminEndpoints.RefuseAsync(context, problem);
        else await AdminEndpoints.WriteAsync(context, await repeat.RunAsync(shadow!, seen!, wanted.Headers ?? [], context.RequestAborted));
    }

    private string? Find(string id, out OwnedRoute route, out RouteShadow shadow)
    {
        var table = ownership.Current.Table;
        (route, shadow) = (table.Route(id)!, ledger.Of(id)!);
        if (route is null) return $"There is no route '{id}'. Routes: {string.Join(", ", table.Routes.Select(known => known.Id))}.";
        return shadow is null ? $"Route '{route.Id}' has not been in stage shadow since this facade started; it is in stage {route.Stage.Word()}." : null;
    }

    private static async Task<Repetition?> ReadAsync(HttpContext context)
    {
        try
        {
            return await context.Request.ReadFromJsonAsync<Repetition>(AdminJson.Options, context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
