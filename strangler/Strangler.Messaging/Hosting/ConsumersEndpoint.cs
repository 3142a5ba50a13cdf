using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Strangler.Messaging;

/// <summary>
/// GET /consumers of hosts that receive messages: what became of them, by consumer, e.g. <c>{"orders":{"received":12,"applied":11,…,"waiting":0,"parked":0}}</c>. What a gate
/// of the facade asks for. Without personal data.
/// </summary>
public static class ConsumersEndpoint
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Maps <c>GET /consumers</c>, open to everybody who reaches the host. <c>waiting</c> and <c>parked</c> are null while the consumer cannot read its store: then nobody knows.</summary>
    /// <param name="endpoints">The host.</param>
    public static IEndpointConventionBuilder MapConsumers(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.MapGet("/consumers", static (HttpContext context) => TypedResults.Json(
            context.RequestServices.GetKeyedServices<ConsumerStatus>(KeyedService.AnyKey).ToDictionary(status => status.Consumer, Of), Json)).AllowAnonymous().ExcludeFromDescription();
    }

    private static Consumer Of(ConsumerStatus status)
    {
        var (counts, known) = (status.Counts, status.Troubles.Count == 0);
        return new(counts.Received, counts.Applied, counts.Duplicate, counts.Stale, counts.CameToWait, known ? counts.Waiting : null, known ? counts.Parked : null);
    }

    private sealed record Consumer(long Received, long Applied, long Duplicate, long Stale, long CameToWait, long? Waiting, long? Parked);
}
