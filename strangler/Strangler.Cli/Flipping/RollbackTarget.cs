using Strangler.Cli.Admin;
using Strangler.Facade;

namespace Strangler.Cli.Flipping;

/// <summary>Where a rollback leads: to the stage before the last change, and never forward. So a second rollback, in a panic, does no harm.</summary>
internal static class RollbackTarget
{
    /// <param name="now">Where the route stands.</param>
    /// <param name="lastChange">The last entry of the route in the history; null when there is none.</param>
    /// <returns>The stage to write; null when there is nothing to go back to.</returns>
    public static Stage? Of(StageNow now, HistoryEntry? lastChange)
    {
        // The file holds what the facade never took: back to what it serves.
        if (Known(now.Live) is { } live && live != now.InFile) return live;

        // Every route begins with legacy, which can always answer: what the history does not know ends there.
        var before = Known(lastChange?.Before) ?? Stage.Legacy;
        return before < now.InFile ? before : null;
    }

    private static Stage? Known(string? word) => word is not null && StageWords.TryParse(word, out var stage) ? stage : null;
}
