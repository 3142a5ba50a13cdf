namespace Strangler.Cli.Flipping;

/// <summary>A flip without anybody to confirm it: for a rollback while the admin listener is dead. The facade takes the file as soon as it sees it.</summary>
internal static class UnconfirmedFlip
{
    /// <exception cref="CommandFailedException">No such file or route, or the facade would refuse the result.</exception>
    public static async Task<FlipOutcome> RunAsync(Flip flip, string routesFile, TimeSpan timeout, TimeProvider clock, CancellationToken cancellation)
    {
        var text = RoutesText.Find(routesFile, "Give the path of the file that the facade reads.");
        using var held = await RoutesLock.AcquireAsync(text.Path, new(timeout, clock), cancellation);
        while (true)
        {
            var change = StageChange.Of(text, flip.Route, inFile => flip.Target(new(inFile, null)));
            if (!change.Needed || text.Replace(change.Before, change.After))
                return new(flip.Route, change.From.ToString(), change.To.ToString(), text.Path, change.Hash, null);
        }
    }
}
