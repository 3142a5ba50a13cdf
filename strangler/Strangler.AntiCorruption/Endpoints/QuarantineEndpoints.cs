using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>GET /quarantine?limit=N: refused changes, oldest first, values masked. At most 10,000; 1,000 when not said.</summary>
internal static class ListQuarantine
{
    /// <param name="Id">For the retry.</param>
    /// <param name="State"><c>open</c> or <c>superseded</c>.</param>
    /// <param name="Translator">Who refused.</param>
    /// <param name="Table">The row's table.</param>
    /// <param name="Key">The row's key.</param>
    /// <param name="Rule">Code of the rule that refused.</param>
    /// <param name="Reason">What is wrong.</param>
    /// <param name="Kind"><c>insert</c>, <c>update</c> or <c>delete</c>.</param>
    /// <param name="FirstSeen">Commit time of the change.</param>
    /// <param name="Columns">The row with every digit shown as 9 and every letter as x.</param>
    public sealed record Item(
        string Id, string State, string Translator, string Table, string Key, string Rule, string Reason, string Kind, string FirstSeen,
        IReadOnlyDictionary<string, string?>? Columns);

    public static async Task<Results<JsonHttpResult<IReadOnlyList<Item>>, JsonHttpResult<Refusal>>> Handle(
        QuarantineStore quarantine, AclStore store, CancellationToken cancellation, int limit = 1_000)
    {
        if (limit is < 1 or > 10_000) return AntiCorruptionEndpoints.Answer(new Refusal($"limit is {limit}; use 1 to 10000."), StatusCodes.Status400BadRequest);

        await store.CreateAsync(cancellation);
        return AntiCorruptionEndpoints.Answer<IReadOnlyList<Item>>([.. (await quarantine.ListAsync(limit, cancellation)).Select(Show)]);
    }

    private static Item Show(QuarantineRow row)
    {
        var change = ChangeJson.Read(row.Change);
        return new(
            row.Id, row.State, row.Translator, row.Table, row.Key, row.Rule, row.Reason, change.Kind.ToString().ToLowerInvariant(), row.FirstSeen,
            RowMask.Of(change.After ?? change.Before));
    }
}

/// <summary>POST /quarantine/retry {"ids": […]} or {"all": true}: translates again and publishes. 503 when the medium fails; what was settled stays settled.</summary>
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
            var results = await retry.RetryAsync(request.All ? null : request.Ids, cancellation);
            return AntiCorruptionEndpoints.Answer(new Response(
                results.Count(static result => result.Outcome == RetryOutcome.Published),
                results.Count(static result => result.Outcome == RetryOutcome.Skipped),
                results.Count(static result => result.Outcome == RetryOutcome.Refused),
                [.. results.Select(static result => new Result(result.Id, result.Outcome.ToString().ToLowerInvariant(), result.Detail))]));
        }
        catch (Exception failure) when (failure is PublishFailedException or TimeoutException)
        {
            return AntiCorruptionEndpoints.Answer(new Refusal($"The medium failed: {failure.Message}"), StatusCodes.Status503ServiceUnavailable);
        }
    }
}

/// <summary>Why nothing was done.</summary>
internal sealed record Refusal(string Error);
