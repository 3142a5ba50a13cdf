using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>GET /quarantine?limit=N: changes that wait, oldest first, values masked; those behind a parked one are only counted. At most 10,000; 1,000 when not said.</summary>
internal static class ListQuarantine
{
    /// <param name="Id">For the retry.</param>
    /// <param name="State"><c>open</c>; <c>parked</c>: later changes of the row wait behind it; or <c>superseded</c>.</param>
    /// <param name="Translator">Who refused.</param>
    /// <param name="Table">The row's table.</param>
    /// <param name="Key">The row's key.</param>
    /// <param name="Rule">Code of the rule that refused.</param>
    /// <param name="Reason">What is wrong.</param>
    /// <param name="Kind"><c>insert</c>, <c>update</c> or <c>delete</c>.</param>
    /// <param name="FirstSeen">Commit time of the change.</param>
    /// <param name="Waiting">How many changes wait behind it.</param>
    /// <param name="Columns">The row with every digit shown as 9 and every letter as x.</param>
    public sealed record Item(
        string Id, string State, string Translator, string Table, string Key, string Rule, string Reason, string Kind, string FirstSeen, long Waiting,
        IReadOnlyDictionary<string, string?>? Columns);

    public static async Task<Results<JsonHttpResult<IReadOnlyList<Item>>, JsonHttpResult<Refusal>>> Handle(
        QuarantineStore quarantine, AclStore store, CancellationToken cancellation, int limit = 1_000)
    {
        if (limit is < 1 or > 10_000) return AntiCorruptionEndpoints.Answer(new Refusal($"limit is {limit}; use 1 to 10000."), StatusCodes.Status400BadRequest);

        await store.CreateAsync(cancellation);
        var queues = await quarantine.QueuesAsync(cancellation);
        return AntiCorruptionEndpoints.Answer<IReadOnlyList<Item>>([.. (await quarantine.ListAsync(limit, cancellation)).Select(row => Show(row, queues.GetValueOrDefault(row.Id)))]);
    }

    private static Item Show(QuarantineRow row, long waiting)
    {
        var change = ChangeJson.Read(row.Change);
        return new(
            row.Id, row.State, row.Translator, row.Table, row.Key, row.Rule, row.Reason, change.Kind.ToString().ToLowerInvariant(), row.FirstSeen, waiting,
            RowMask.Of(change.After ?? change.Before));
    }
}

/// <summary>POST /quarantine/retry {"ids": […]} or {"all": true}: translates again and publishes, and what waits behind a parked change after it. 503 when the medium fails, or the layer cannot try parked changes just now; what was settled stays settled.</summary>
internal static class RetryQuarantine
{
    public sealed record Request(IReadOnlyList<string>? Ids, bool All);

    public sealed record Response(int Published, int Skipped, int Refused, IReadOnlyList<Result> Results);

    public sealed record Result(string Id, string Outcome, string Detail);

    public static async Task<Results<JsonHttpResult<Response>, JsonHttpResult<Refusal>>> Handle(
        Request request, QuarantineRetry retry, AclStore store, CancellationToken cancellation)
    {
        if (request.All == request.Ids is { Count: > 0 })
        {
            return AntiCorruptionEndpoints.Answer(new Refusal("Give either ids, at least one, or all: true."), StatusCodes.Status400BadRequest);
        }

        await store.CreateAsync(cancellation);
        try
        {
            var report = await retry.RetryAsync(request.All ? null : request.Ids, cancellation);
            return AntiCorruptionEndpoints.Answer(new Response(
                report.Published, report.Skipped, report.Refused,
                [.. report.Results.Select(static result => new Result(result.Id, result.Outcome.ToString().ToLowerInvariant(), result.Detail))]));
        }
        catch (NotTriedException failure)
        {
            return AntiCorruptionEndpoints.Answer(new Refusal(failure.Message), StatusCodes.Status503ServiceUnavailable);
        }
        catch (Exception failure) when (failure is PublishFailedException or TimeoutException)
        {
            return AntiCorruptionEndpoints.Answer(new Refusal($"The medium failed: {failure.Message}"), StatusCodes.Status503ServiceUnavailable);
        }
    }
}

/// <summary>Why nothing was done.</summary>
internal sealed record Refusal(string Error);
