using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>What operators ask the anti-corruption layer. Not for the outside world: bind the host to loopback or an inner network.</summary>
public static class AntiCorruptionEndpoints
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Maps <c>GET /lag</c>, <c>GET /doctor</c>, <c>GET /quarantine</c>, <c>POST /quarantine/retry</c>, <c>GET /backfill</c>, <c>POST /backfill/start</c>, <c>pause</c>, <c>resume</c>, <c>cancel</c>, <c>POST /tables/release</c>, and <c>GET /health</c>. JSON, snake_case; no value of a row in any of them.</summary>
    /// <param name="endpoints">The host.</param>
    public static IEndpointRouteBuilder MapAntiCorruption(this IEndpointRouteBuilder endpoints)
    {
        var asked = endpoints.MapGroup("").AddEndpointFilter(RefuseOtherStoresAsync);
        asked.MapGet("/lag", LagEndpoint.Handle);
        asked.MapGet("/doctor", DoctorEndpoint.Handle);
        asked.MapGet("/quarantine", ListQuarantine.Handle);
        asked.MapPost("/quarantine/retry", RetryQuarantine.Handle);
        asked.MapGet("/backfill", BackfillEndpoints.List);
        asked.MapPost("/backfill/{command}", BackfillEndpoints.Command);
        asked.MapPost("/tables/release", ReleaseEndpoint.Handle);
        endpoints.MapHealth();
        return endpoints;
    }

    /// <summary>Without its store the layer knows nothing; a store of a later version says why, instead of an error of the host.</summary>
    private static async ValueTask<object?> RefuseOtherStoresAsync(EndpointFilterInvocationContext request, EndpointFilterDelegate next)
    {
        try
        {
            return await next(request);
        }
        catch (StoreTooNewException store)
        {
            return Answer(new Refusal(store.Message), StatusCodes.Status503ServiceUnavailable);
        }
    }

    // The host's own JSON settings are its own; these answers look the same in every host.
    internal static JsonHttpResult<T> Answer<T>(T value, int statusCode = StatusCodes.Status200OK) => TypedResults.Json(value, Json, statusCode: statusCode);
}
