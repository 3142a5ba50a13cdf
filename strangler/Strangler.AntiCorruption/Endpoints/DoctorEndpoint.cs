using System.Data.Common;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Strangler.AntiCorruption;

/// <summary>GET /doctor: what stands in the way of capture at the source, with its cure, and which tables are captured. 503 when the source does not answer.</summary>
internal static class DoctorEndpoint
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    public sealed record Report(IReadOnlyList<Table> Tables, IReadOnlyList<Finding> Findings);

    /// <param name="Name">As the source spells it.</param>
    /// <param name="KeyColumn">Its key.</param>
    /// <param name="NeedsBefore">Whether a translator compares whole old rows.</param>
    public sealed record Table(string Name, string KeyColumn, bool NeedsBefore);

    /// <param name="Severity"><c>error</c>, <c>warning</c> or <c>note</c>.</param>
    /// <param name="Code">Short and stable.</param>
    /// <param name="Thing">What it is about.</param>
    /// <param name="Problem">What is the matter.</param>
    /// <param name="Cure">Statements that cure it, in their order.</param>
    /// <param name="Advice">What to do besides; null for nothing.</param>
    /// <param name="CuredAtStart">True when the layer does it by itself as it starts.</param>
    public sealed record Finding(string Severity, string Code, string Thing, string Problem, IReadOnlyList<string> Cure, string? Advice, bool CuredAtStart);

    public static async Task<Results<JsonHttpResult<Report>, JsonHttpResult<Refusal>>> Handle(
        TranslatorSet translators, AclStore store, IChangeFeed feed, CancellationToken cancellation)
    {
        await store.CreateAsync(cancellation);
        var stored = await store.CheckpointAsync(cancellation);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            var findings = await feed.ExamineAsync(translators.Tables, stored, limit.Token).WaitAsync(limit.Token);
            return AntiCorruptionEndpoints.Answer(new Report(
                [.. translators.Tables.Select(static table => new Table(table.Name, table.KeyColumn, table.NeedsBefore))],
                [.. findings.Select(static one => new Finding(
                    one.Severity.ToString().ToLowerInvariant(), one.Code, one.Thing, one.Problem, one.Cure, one.Advice, one.CuredAtStart))]));
        }
        catch (Exception failure) when (failure is DbException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return AntiCorruptionEndpoints.Answer(new Refusal($"The source does not answer: {failure.Message}"), StatusCodes.Status503ServiceUnavailable);
        }
    }
}
