using Strangler.Cli.Flipping;
using Strangler.Cli.Terminal;

namespace Strangler.Cli.Commands;

/// <summary>How flip and rollback say what came of them.</summary>
internal static class FlipOutcomes
{
    public static void Show(Screen screen, FlipOutcome outcome)
    {
        screen.Json(new { outcome.Route, outcome.Before, outcome.After, outcome.Changed, outcome.Confirmed, outcome.Revision, outcome.File, outcome.Hash });
        screen.Line(outcome switch
        {
            { Changed: false, Revision: { } revision } => $"Route '{outcome.Route}' is in stage {outcome.After} already (revision {revision}); nothing was changed.",
            { Changed: false } => $"Route '{outcome.Route}' is in stage {outcome.After} already in {outcome.File}; nothing was changed.",
            { Revision: { } revision } => $"Route '{outcome.Route}': {outcome.Before} -> {outcome.After}, live in revision {revision}.",
            _ => $"Route '{outcome.Route}': {outcome.Before} -> {outcome.After}, written to {outcome.File}. Nobody confirmed that it is live.",
        });
    }
}
