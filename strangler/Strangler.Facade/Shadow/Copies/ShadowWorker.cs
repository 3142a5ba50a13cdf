using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;

namespace Strangler.Facade;

/// <summary>Takes a waiting copy to its end: sends it once, compares, learns, counts. No user waits for any of it.</summary>
internal sealed partial class ShadowWorker(CopySender sender, ShadowIdentity identity, TimeProvider clock, ILogger<ShadowWorker> log) : IDisposable
{
    // The last bytes of the user's answer leave the machine before the first of the copy.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(20);

    // What legacy said so long ago may no longer be what it would say now.
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(15);

    // One at a time: shadowing never takes more than a core.
    private readonly SemaphoreSlim comparing = new(1);
    private readonly SemaphoreSlim looking = new(1);

    /// <summary>Handles one copy. Whatever happens is counted; nothing is thrown.</summary>
    public void Handle(ShadowCopy copy, CancellationToken stopping)
    {
        using var _ = copy;
        var tally = copy.Shadow.Tally;
        try
        {
            Settle(copy, stopping);
            if (copy.Shadow.Ended) tally.Dropped(Drop.Flipped);
            else if (clock.GetElapsedTime(copy.CompletedAt) > Latest) tally.Dropped(Drop.Late);
            else if (copy.Question is { } question && identity.Add(copy.Request, question, copy.Shadow.Service.Plan.Owner, stopping) is { } reason) tally.Skipped(reason);
            else Send(copy, stopping);
        }
        catch (BrokenCircuitException)
        {
            tally.Skipped(Skip.Breaker);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            if (copy.IsSent) tally.Failed(Failure.Stopped);
            else tally.Dropped(Drop.Stopped);
        }
#pragma warning disable CA1031 // The one place that decides: a copy that nobody foresaw must not end the lane.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            LogFault(cause, copy.Shadow.Route.Id);
            if (copy.IsSent) tally.Failed(Failure.Fault);
            else tally.Dropped(Drop.Fault);
        }
    }

    public void Dispose()
    {
        comparing.Dispose();
        looking.Dispose();
    }

    private void Settle(ShadowCopy copy, CancellationToken stopping)
    {
        var left = Settling - clock.GetElapsedTime(copy.CompletedAt);
        if (left > TimeSpan.Zero && stopping.WaitHandle.WaitOne(left)) stopping.ThrowIfCancellationRequested();
    }

    private void Send(ShadowCopy copy, CancellationToken stopping)
    {
        var lane = copy.Target.Lane;
        var sent = lane.Guard.Execute(
            static (work, cancellation) =>
            {
                work.copy.MarkSent();
                return work.sender.Send(work.lane.Client, work.copy.Request, cancellation);
            },
            (copy, lane, sender),
            stopping);
        lane.Spend(sent.Bytes);
        if (sent.Failure is { } failure) copy.Shadow.Tally.Failed(failure);
        else if (sent.Answer is not { } answer) copy.Shadow.Tally.TimedOut();
        else copy.Shadow.Tally.Compared(Judge(copy, answer, stopping));
    }

    private Verdict Judge(ShadowCopy copy, OwnerAnswer candidate, CancellationToken stopping)
    {
        var shadow = copy.Shadow;
        var legacy = copy.LegacyAnswer();
        var ownHosts = shadow.OwnHosts(copy.Seen.Host, copy.Target);
        // After the candidate: what changes with time alone has then had its time between legacy's two answers too.
        if (copy.Again is not null && AskAgain(copy, stopping) is { Answer: { } again })
        {
            shadow.Mismatches.Learn(Compare(legacy, again, ownHosts, stopping), clock.GetUtcNow());
        }

        if (ShadowFilter.IsSafe(copy.Seen.Method) && SafetySigns.Wrote(candidate.Status, candidate.Values("Set-Cookie"), clock.GetUtcNow()) && shadow.Warnings.CountService())
        {
            LogServiceWrote(shadow.Route.Id, copy.Target.Plan.Owner.Name);
        }

        var differences = Compare(legacy, candidate, ownHosts, stopping);
        string? id = null;
        return shadow.Mismatches.Judge(differences, shadow.Settings, clock.GetUtcNow(), difference => new MismatchSample(
            id ??= shadow.Requests.Keep(copy.Seen), clock.GetUtcNow(), copy.Seen.Method, Mask.Target(copy.Seen.Target, shadow.Route.Template),
            Mask.Value(difference, difference.Legacy, shadow.Settings.Reveal), Mask.Value(difference, difference.Candidate, shadow.Settings.Reveal)));
    }

    /// <summary>Asks legacy the same again and, where its rows can be looked at, whether they change with that: before, after, and once more as long after.</summary>
    private SentCopy AskAgain(ShadowCopy copy, CancellationToken stopping)
    {
        var shadow = copy.Shadow;
        if (shadow.Settings.Changes is not { } counter) return sender.AskLegacy(copy.Again!, stopping);
        // One at a time, so that nobody else's question falls between two looks of ours.
        looking.Wait(stopping);
        try
        {
            var before = sender.Count(counter, stopping);
            var began = clock.GetTimestamp();
            var again = sender.AskLegacy(copy.Again!, stopping);
            var after = sender.Count(counter, stopping);
            if (stopping.WaitHandle.WaitOne(clock.GetElapsedTime(began))) stopping.ThrowIfCancellationRequested();
            var later = sender.Count(counter, stopping);
            if (before is not null && after is not null && later is not null && shadow.Rows.Note(after != before, later != after)) LogRowsChange(shadow.Route.Id);
            return again;
        }
        finally
        {
            looking.Release();
        }
    }

    private IReadOnlyList<Difference> Compare(OwnerAnswer legacy, OwnerAnswer other, string[] ownHosts, CancellationToken stopping)
    {
        comparing.Wait(stopping);
        try
        {
            return AnswerComparison.Compare(legacy, other, ownHosts);
        }
        finally
        {
            comparing.Release();
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "Route {Route}: a copy could not be handled")]
    private partial void LogFault(Exception cause, string route);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Route {Route}: the answers of {Owner} to GET or HEAD show that it wrote. Exclude such paths, or take the route out of stage shadow")]
    private partial void LogServiceWrote(string route, string owner);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "Route {Route}: legacy's rows change when it is asked for GET or HEAD. Exclude paths that write, or take the route out of stage shadow")]
    private partial void LogRowsChange(string route);
}
