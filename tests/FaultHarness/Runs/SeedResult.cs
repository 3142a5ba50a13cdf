using Strangler.Faults.Oracle;

namespace Strangler.Faults.Runs;

/// <summary>What came of one scenario.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Load">Its load.</param>
/// <param name="Backfill">True when faults struck while existing rows were read.</param>
/// <param name="Kills">Processes that were ended by SIGKILL.</param>
/// <param name="Faults">All faults, kills included.</param>
/// <param name="Rows">Rows written in transactions that were committed.</param>
/// <param name="Effects">Effects on the consumers' stores, together; fewer than rows where a backfill saw only the last state.</param>
/// <param name="Seconds">How long it took, without the making of its databases.</param>
/// <param name="DrainSeconds">From the last write until every consumer had everything.</param>
/// <param name="UnreadableSlots">How often the server could not read the layer's slot any more, and capture began anew: a flaw of PostgreSQL, healed.</param>
/// <param name="Violations">Empty when every promise was kept.</param>
internal sealed record SeedResult(
    string Name, string Load, bool Backfill, int Kills, int Faults, long Rows, long Effects, double Seconds, double DrainSeconds, int UnreadableSlots, IReadOnlyList<Violation> Violations);
