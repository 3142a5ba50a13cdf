using Strangler.Facade;

namespace Strangler.Cli.Flipping;

/// <summary>What is wanted: which route, to which stage, by whom and why.</summary>
/// <param name="Route">The route's id, without case.</param>
/// <param name="Target">Chooses the stage from the one in the file, knowing what the facade says; null when nothing is to be done. A share that is null stays as it is.</param>
/// <param name="Who">For the history.</param>
/// <param name="Why">For the history.</param>
internal sealed record Flip(string Route, Func<StageNow, StageSetting?> Target, string Who, string Why);

/// <summary>Where a route stands.</summary>
/// <param name="InFile">The stage in the file.</param>
/// <param name="Live">The stage's word that is live; null when the route is not, or nobody can say.</param>
internal sealed record StageNow(StageSetting InFile, string? Live);

/// <summary>What came of it.</summary>
/// <param name="Route">The route's id.</param>
/// <param name="Before">The stage before, with its share where it had one.</param>
/// <param name="After">The stage now; the same as before when nothing had to be done.</param>
/// <param name="File">The file that was edited.</param>
/// <param name="Hash">Hash of its bytes.</param>
/// <param name="Revision">The revision in which the facade serves it; null when nobody confirmed.</param>
internal sealed record FlipOutcome(string Route, string Before, string After, string File, string Hash, long? Revision)
{
    /// <summary>False when the route was in that stage, and at that share, already.</summary>
    public bool Changed => Before != After;

    /// <summary>Whether the facade has said that this is live.</summary>
    public bool Confirmed => Revision is not null;
}
