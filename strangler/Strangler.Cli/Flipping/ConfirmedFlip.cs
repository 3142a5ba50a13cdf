using Strangler.Cli.Admin;
using Strangler.Facade;

namespace Strangler.Cli.Flipping;

/// <summary>
/// A flip that is over only when the facade serves it: edits one stage in the file, announces who and why, writes, and waits for the revision.
/// What the facade refuses stays in the file: the tool restores nothing by itself.
/// </summary>
internal sealed class ConfirmedFlip(FacadeAdmin admin, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <param name="flip">What is wanted.</param>
    /// <param name="routesFile">The file here, when the facade knows it by another path; null for the path that the facade says.</param>
    /// <param name="timeout">Limit of all waiting together.</param>
    /// <param name="cancellation">Ends the waiting; what is written stays written.</param>
    /// <exception cref="CommandFailedException">Refused, too late, or nobody there.</exception>
    public async Task<FlipOutcome> RunAsync(Flip flip, string? routesFile, TimeSpan timeout, CancellationToken cancellation)
    {
        var deadline = new Deadline(timeout, clock);
        var status = await admin.StatusAsync(flip.Route, cancellation);
        var text = RoutesText.Find(routesFile ?? status.File, "The facade may be on another machine, or in a container: give the path of its file here, --routes FILE.");
        using var held = await RoutesLock.AcquireAsync(text.Path, deadline, cancellation);
        while (true)
        {
            status = await SettledAsync(flip, text, deadline, cancellation);
            var change = StageChange.Of(text, flip.Route, inFile => flip.Target(new(inFile, status.StageOf(flip.Route))));
            if (!change.Needed) return Unchanged(flip, text, change, status);

            await admin.AnnounceAsync(change.Hash, flip.Who, flip.Why, cancellation);
            if (!text.Replace(change.Before, change.After)) continue; // Somebody edited it in between; their edit counts too.
            return await LiveAsync(flip, text, change, deadline, cancellation);
        }
    }

    /// <summary>Waits until the facade has seen the file as it stands, so that nobody else's edit is taken for ours.</summary>
    private async Task<FacadeStatus> SettledAsync(Flip flip, RoutesText text, Deadline deadline, CancellationToken cancellation)
    {
        while (true)
        {
            var hash = RoutesText.HashOf(text.Read());
            var status = await admin.StatusAsync(flip.Route, cancellation);
            if (status.Hash == hash || status.Refused?.Hash == hash) return status;
            if (deadline.IsOver) throw new CommandFailedException(ExitCode.Failed, $"'{text.Path}' is not what the facade at {admin.Address} reads, which is '{status.File}' there. Nothing was written; give its path here: --routes FILE.");
            await Task.Delay(Interval, cancellation);
        }
    }

    private static FlipOutcome Unchanged(Flip flip, RoutesText text, StageChange change, FacadeStatus status)
    {
        if (status.Refused is not { } refused || status.StageOf(flip.Route) == change.To.Stage.Word()) return Outcome(flip, text, change, status);
        throw new CommandFailedException(
            ExitCode.Failed, $"Route '{flip.Route}' is in stage {change.To} in '{text.Path}', but the facade refuses that file and serves revision {status.Revision}:", refused.Errors);
    }

    private async Task<FlipOutcome> LiveAsync(Flip flip, RoutesText text, StageChange change, Deadline deadline, CancellationToken cancellation)
    {
        while (true)
        {
            var status = await WrittenAsync(() => admin.StatusAsync(flip.Route, cancellation), text, deadline);
            // A file that was refused and is taken back becomes what is live already: seen only when the refusal is gone.
            var seen = status is not null && status.Refused?.Hash != RoutesText.HashOf(change.Before);
            if (seen && status!.Hash == change.Hash) return Outcome(flip, text, change, status);
            if (status?.Refused is { } refused && refused.Hash == change.Hash)
            {
                throw new CommandFailedException(
                    ExitCode.Failed, $"The facade refused the file; it stands as written in '{text.Path}', and revision {status.Revision} goes on serving:", refused.Errors);
            }

            // An edit by hand may come right behind ours and go live instead of it.
            if (seen && status!.Hash != RoutesText.HashOf(change.Before) && status.Hash == RoutesText.HashOf(text.Read()))
            {
                if (status.Has(flip.Route, change.To)) return Outcome(flip, text, change, status) with { Hash = status.Hash };
                throw new CommandFailedException(ExitCode.Failed, $"'{text.Path}' was edited again at once: revision {status.Revision} has route '{flip.Route}' in stage {status.StageOf(flip.Route) ?? "none"}.");
            }

            if (deadline.IsOver) throw new CommandFailedException(ExitCode.Failed, $"'{text.Path}' is written, but the facade has not reported it live within {deadline}. See `strangler status`.");
            await Task.Delay(Interval, cancellation);
        }
    }

    /// <summary>Once the file is written, a facade that goes away for a moment (a restart) is waited for.</summary>
    private static async Task<FacadeStatus?> WrittenAsync(Func<Task<FacadeStatus>> ask, RoutesText text, Deadline deadline)
    {
        try
        {
            return await ask();
        }
        catch (CommandFailedException failure) when (failure.Code == ExitCode.Unreachable)
        {
            if (deadline.IsOver) throw new CommandFailedException(ExitCode.Unreachable, $"'{text.Path}' is written, but nobody confirmed it. {failure.Message}");
            return null;
        }
    }

    private static FlipOutcome Outcome(Flip flip, RoutesText text, StageChange change, FacadeStatus status) =>
        new(flip.Route, change.From.ToString(), change.To.ToString(), text.Path, change.Hash, status.Revision);
}
