using Strangler.Cli.Admin;
using Strangler.Facade;

namespace Strangler.Cli.Flipping;

/// <summary>
/// Where a rollback leads: to the stage before the last change of the stage, and never forward. So a second rollback, in a panic, does no harm. A change of
/// the share alone is none: whoever rolls back a canary wants nobody on the service.
/// </summary>
internal static class RollbackTarget
{
    /// <param name="now">Where the route stands.</param>
    /// <param name="history">The entries of the route, the oldest first; empty when there is none.</param>
    /// <returns>The stage to write; null when there is nothing to go back to.</returns>
    public static StageSetting? Of(StageNow now, IReadOnlyList<HistoryEntry> history)
    {
        // The file holds what the facade never took: back to what it serves.
        if (Known(now.Live) is { } live && live != now.InFile.Stage) return new(live, null);

        // Every route begins with legacy, which can always answer: what the history does not know ends there.
        var before = Known(history.LastOrDefault(entry => Known(entry.Before) != Known(entry.After))?.Before) ?? Stage.Legacy;
        return before < now.InFile.Stage ? new(before, null) : null;
    }

    private static Stage? Known(string? text) => text is not null && StageSetting.TryParse(text, out var setting) ? setting.Stage : null;
}
