using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Strangler.AntiCorruption;

/// <summary>
/// POST /tables/release {"table": …, "accept": fingerprint}: looks again at the shape of a held table, which flows again when its translators can read it; with a fingerprint,
/// that shape is accepted first. Nothing restarts but the stream. 404 when no translator reads the table, 409 when it is not held, or the fingerprint is not that of
/// the shape that waits, 503 when the layer cannot look just now.
/// </summary>
internal static class ReleaseEndpoint
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public sealed record Request(string? Table, string? Accept);

    /// <param name="Table">The table.</param>
    /// <param name="Held">Why its changes still wait; null when they flow.</param>
    public sealed record Response(string Table, string? Held);

    public static async Task<Results<JsonHttpResult<Response>, JsonHttpResult<Refusal>>> Handle(
        Request request, ShapeGate gate, AclStore store, CancellationToken cancellation)
    {
        if (request.Table is not { } table || !gate.States.Any(one => one.Table == table))
        {
            return Refuse($"The layer captures no table '{request.Table}'. There are {string.Join(", ", gate.States.Select(static one => one.Table))}.", StatusCodes.Status404NotFound);
        }

        if (gate.HeldBecause(table) is null) return Refuse($"Table '{table}' is not held.", StatusCodes.Status409Conflict);
        if (request.Accept is { } fingerprint)
        {
            var waiting = gate.WaitingShapeOf(table);
            if (waiting?.Fingerprint != fingerprint)
            {
                return Refuse(
                    waiting is null ? $"Table '{table}' does not wait for a shape to be accepted." : $"The shape of table '{table}' that waits is {waiting.Fingerprint}, not {fingerprint}.",
                    StatusCodes.Status409Conflict);
            }

            await store.SaveShapesAsync([waiting], cancellation);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            await gate.LookAgainAsync(limit.Token);
            return AntiCorruptionEndpoints.Answer(new Response(table, gate.HeldBecause(table)));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Refuse("The layer could not look at the source; GET /lag says why.", StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static JsonHttpResult<Refusal> Refuse(string error, int statusCode) => AntiCorruptionEndpoints.Answer(new Refusal(error), statusCode);
}
