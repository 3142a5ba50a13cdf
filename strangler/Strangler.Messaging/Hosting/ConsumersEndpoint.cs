using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Strangler.Messaging;

/// <summary>
/// GET /consumers of hosts that receive messages: what became of them, by consumer, e.g. <c>{"orders":{"received":12,"applied":11,…,"waiting":0,"parked":0}}</c>. What a gate
/// of the facade asks for. Without personal data. Below it, for operators alone, what waits and what is decided about it.
/// </summary>
public static class ConsumersEndpoint
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// Maps <c>GET /consumers</c>, open to everybody who reaches the host (<c>waiting</c> and <c>parked</c> are null while the consumer cannot read its
    /// store: then nobody knows; <c>incomplete_transactions</c> is there when the rest of some does not come), and for whoever knows <see cref="MessagingOptions.OperatorToken"/> <c>GET /consumers/parked</c>,
    /// <c>GET /consumers/parked/messages</c>, <c>POST /consumers/parked/retry</c>, <c>POST /consumers/parked/discard</c>, <c>GET</c> and
    /// <c>POST /consumers/replay</c>: no value of a message in any of them.
    /// </summary>
    /// <param name="endpoints">The host.</param>
    public static IEndpointConventionBuilder MapConsumers(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var operators = endpoints.MapGroup("/consumers").AddEndpointFilter(OperatorGuard.OnlyOperators).AllowAnonymous().ExcludeFromDescription();
        operators.MapGet("/parked", ParkedEndpoints.ListAsync);
        operators.MapGet("/parked/messages", ParkedEndpoints.ShowAsync);
        operators.MapPost("/parked/retry", ParkedEndpoints.RetryAsync);
        operators.MapPost("/parked/discard", ParkedEndpoints.DiscardAsync);
        operators.MapGet("/replay", ReplayEndpoints.ShowAsync);
        operators.MapPost("/replay", ReplayEndpoints.StartAsync);
        return endpoints.MapGet("/consumers", static (HttpContext context) => Answer(
            context.RequestServices.GetKeyedServices<ConsumerStatus>(KeyedService.AnyKey).ToDictionary(status => status.Consumer, Of))).AllowAnonymous().ExcludeFromDescription();
    }

    // The host's own JSON settings are its own; these answers look the same in every host.
    internal static JsonHttpResult<T> Answer<T>(T value, int statusCode = StatusCodes.Status200OK) => TypedResults.Json(value, Json, statusCode: statusCode);

    private static Consumer Of(ConsumerStatus status)
    {
        var (counts, known) = (status.Counts, status.Troubles.Count == 0);
        return new(
            counts.Received, counts.Applied, counts.Duplicate, counts.Stale, counts.CameToWait, known ? counts.Waiting : null, known ? counts.Parked : null,
            known ? counts.ParkedKeys : null, status.IncompleteTransactions.Count == 0 ? null : status.IncompleteTransactions);
    }

    private sealed record Consumer(long Received, long Applied, long Duplicate, long Stale, long CameToWait, long? Waiting, long? Parked, long? ParkedKeys,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? IncompleteTransactions);
}
