using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Strangler.Messaging;

/// <summary>What operators ask and decide about the keys that wait. <c>consumer</c> may be left out where the host has one consumer.</summary>
internal static class ParkedEndpoints
{
    public sealed record Retry(string? Consumer, IReadOnlyList<string>? Keys, bool All, string? Who, bool Incomplete = false);

    public sealed record Discard(string? Consumer, string? Key, bool All, string? Who, string? Why);

    private sealed record Shown(ParkedKey Key, IReadOnlyList<ParkedMessage> Messages);

    /// <summary>GET /consumers/parked?consumer=NAME&amp;limit=N: waiting keys, oldest first; of every consumer of the host when none is named.</summary>
    public static async Task<IResult> ListAsync(HttpContext context, string? consumer, CancellationToken cancellation, int limit = 1_000)
    {
        if (limit is < 1 or > 10_000) return AskedConsumer.Refuse(StatusCodes.Status400BadRequest, $"limit is {limit}; use 1 to 10000.");
        var names = AskedConsumer.Names(context);
        if (consumer is not null && !names.Contains(consumer)) return AskedConsumer.Unknown(consumer, names);
        return await AskedConsumer.AskAsync(async () =>
        {
            var keys = new List<ParkedKey>();
            foreach (var name in consumer is null ? names : [consumer])
            {
                keys.AddRange(await context.RequestServices.GetRequiredKeyedService<ParkedKeys>(name).ListAsync(limit - keys.Count, cancellation));
            }

            return ConsumersEndpoint.Answer(keys);
        });
    }

    /// <summary>GET /consumers/parked/messages?key=KEY&amp;consumer=NAME&amp;limit=N: one key and what waits of it, values masked.</summary>
    public static async Task<IResult> ShowAsync(HttpContext context, string? key, string? consumer, CancellationToken cancellation, int limit = 100)
    {
        if (limit is < 1 or > 1_000) return AskedConsumer.Refuse(StatusCodes.Status400BadRequest, $"limit is {limit}; use 1 to 1000.");
        if (string.IsNullOrEmpty(key)) return AskedConsumer.Refuse(StatusCodes.Status400BadRequest, "key is missing: which key?");
        return await AskedConsumer.AskAsync<ParkedKeys>(context, consumer, async parked =>
            await parked.ShowAsync(key, limit, cancellation) is var (found, messages)
                ? ConsumersEndpoint.Answer(new Shown(found, messages))
                : AskedConsumer.Refuse(StatusCodes.Status404NotFound, $"No message of key '{key}' waits."));
    }

    /// <summary>POST /consumers/parked/retry {"keys": […]} or {"all": true}, with "who": tries them again, in order. With "incomplete": true what waits in vain for the rest of its transaction goes without it.</summary>
    public static async Task<IResult> RetryAsync(HttpContext context, Retry request, CancellationToken cancellation)
    {
        if (request.All == request.Keys is { Count: > 0 }) return AskedConsumer.Refuse(StatusCodes.Status400BadRequest, "Give either keys, at least one, or all: true.");
        if (!AskedConsumer.IsLine(request.Who, 200)) return AskedConsumer.Refuse(StatusCodes.Status400BadRequest, "who is missing: one line of at most 200 characters.");
        return await AskedConsumer.AskAsync<ParkedKeys>(context, request.Consumer, async parked =>
            ConsumersEndpoint.Answer(await parked.RetryAsync(request.All ? null : [.. request.Keys!.Distinct()], request.Who!, request.Incomplete, cancellation)));
    }

    /// <summary>POST /consumers/parked/discard {"key", "who", "why"}: gives up the message that fails; with "all": true everything of the key that waits.</summary>
    public static async Task<IResult> DiscardAsync(HttpContext context, Discard request, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(request.Key)) return AskedConsumer.Refuse(StatusCodes.Status400BadRequest, "key is missing: which key?");
        if (!AskedConsumer.IsLine(request.Who, 200)) return AskedConsumer.Refuse(StatusCodes.Status400BadRequest, "who is missing: one line of at most 200 characters.");
        if (!AskedConsumer.IsLine(request.Why, 2_000)) return AskedConsumer.Refuse(StatusCodes.Status400BadRequest, "why is missing: one line of at most 2000 characters.");
        return await AskedConsumer.AskAsync<ParkedKeys>(context, request.Consumer, async parked =>
            ConsumersEndpoint.Answer(await parked.DiscardAsync(request.Key, request.All, request.Who!, request.Why!, cancellation)));
    }
}
