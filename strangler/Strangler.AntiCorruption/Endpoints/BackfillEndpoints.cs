using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Strangler.AntiCorruption;

/// <summary>
/// GET /backfill: how far each table is. POST /backfill/start {"table": …, "filter": …}, /backfill/pause, /resume, /cancel {"table": …}: 404 when no
/// translator reads the table, 409 when it is in no state for that, 503 before capture is ready.
/// </summary>
internal static class BackfillEndpoints
{
    public sealed record Request(string? Table, string? Filter);

    public static async Task<JsonHttpResult<IReadOnlyList<BackfillReport>>> List(BackfillStore store, AclStore created, PumpStatus status, ShapeGate gate, CancellationToken cancellation)
    {
        await created.CreateAsync(cancellation);
        var running = status.Current.Backfill;
        return AntiCorruptionEndpoints.Answer<IReadOnlyList<BackfillReport>>([.. (await store.ReadAsync(cancellation)).Select(table => BackfillReport.Of(table, running, gate.HeldBecause(table.Table)))]);
    }

    public static async Task<Results<JsonHttpResult<BackfillReport>, JsonHttpResult<Refusal>, NotFound>> Command(
        string command, Request request, Backfills backfills, PumpStatus status, CancellationToken cancellation)
    {
        if (status.Current.Phase == PumpPhase.Standby) return Refuse("This layer stands by; ask the active one.", StatusCodes.Status503ServiceUnavailable);
        if (backfills.All.Count == 0) return Refuse("The layer has not made its capture ready yet; GET /lag says why.", StatusCodes.Status503ServiceUnavailable);
        if (request.Table is not { } table || backfills.Of(table) is null)
        {
            return Refuse($"No translator reads table '{request.Table}'. There are {string.Join(", ", backfills.All.Select(static one => one.Table))}.", StatusCodes.Status404NotFound);
        }

        bool done;
        switch (command)
        {
            case "start":
                BackfillFilter filter;
                try
                {
                    filter = BackfillFilter.Parse(request.Filter);
                }
                catch (FormatException wrong)
                {
                    return Refuse(wrong.Message, StatusCodes.Status400BadRequest);
                }

                done = await backfills.StartAsync(table, filter, cancellation);
                break;
            case "pause":
                done = await backfills.PauseAsync(table, cancellation);
                break;
            case "resume":
                done = await backfills.ResumeAsync(table, cancellation);
                break;
            case "cancel":
                done = await backfills.CancelAsync(table, cancellation);
                break;
            default:
                return TypedResults.NotFound();
        }

        var now = backfills.Of(table)!;
        return done
            ? AntiCorruptionEndpoints.Answer(BackfillReport.Of(now, status.Current.Backfill))
            : Refuse($"The backfill of table '{table}' is {now.State}; {command} it when it is {Fitting(command)}.", StatusCodes.Status409Conflict);
    }

    private static string Fitting(string command) => command switch
    {
        "start" => "complete, cancelled or failed",
        "pause" => "running",
        "resume" => "paused or failed",
        _ => "running, paused or failed",
    };

    private static JsonHttpResult<Refusal> Refuse(string error, int statusCode) => AntiCorruptionEndpoints.Answer(new Refusal(error), statusCode);
}
