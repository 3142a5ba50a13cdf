using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Strangler.Messaging;

/// <summary>What operators ask and decide about replays. <c>consumer</c> may be left out where the host has one consumer.</summary>
internal static class ReplayEndpoints
{
    public sealed record Request(string? Consumer, string? From, string? Who);

    /// <summary>GET /consumers/replay?consumer=NAME: the replay that runs in this process, or the last one. 404 when there was none.</summary>
    public static Task<IResult> ShowAsync(HttpContext context, string? consumer) => AskedConsumer.AskAsync<ReplayLoop>(context, consumer, static replay => Task.FromResult(
        replay.Current is { } progress
            ? ConsumersEndpoint.Answer(progress)
            : AskedConsumer.Refuse(StatusCodes.Status404NotFound, $"No replay to '{replay.Consumer}' since this process started.")));

    /// <summary>POST /consumers/replay {"consumer", "from", "who"}: begins one; 409 when there can be none now.</summary>
    public static async Task<IResult> StartAsync(HttpContext context, Request request, CancellationToken cancellation)
    {
        if (ReplayStart.Parse(request.From) is not { } from)
        {
            return AskedConsumer.Refuse(StatusCodes.Status400BadRequest, $"from is '{request.From}'; write a time such as 2026-03-01T08:00:00Z, or a position such as 26462040 or 0/193C758.");
        }

        if (!AskedConsumer.IsLine(request.Who, 200)) return AskedConsumer.Refuse(StatusCodes.Status400BadRequest, "who is missing: one line of at most 200 characters.");
        return await AskedConsumer.AskAsync<ReplayLoop>(context, request.Consumer, async replay =>
        {
            if (replay.Refusal is { } refusal) return AskedConsumer.Refuse(StatusCodes.Status409Conflict, refusal);
            if (!replay.TryStart(from)) return AskedConsumer.Refuse(StatusCodes.Status409Conflict, $"A replay to '{replay.Consumer}' is running already.");
            await context.RequestServices.GetRequiredKeyedService<ParkedKeys>(replay.Consumer).RecordReplayAsync(from, request.Who!, cancellation);
            return ConsumersEndpoint.Answer(replay.Current!, StatusCodes.Status202Accepted);
        });
    }
}
