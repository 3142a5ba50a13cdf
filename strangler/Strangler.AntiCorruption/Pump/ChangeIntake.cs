using System.Collections.Frozen;

namespace Strangler.AntiCorruption;

/// <summary>
/// What the layer itself makes of a change before anybody looks at it: its version is above all of earlier captures (<see cref="SourceCheckpoint.RaisedBy"/>), and columns
/// that are not to leave the source are masked (<see cref="AntiCorruptionOptions.MaskedColumns"/>), for translators, the quarantine and messages alike.
/// </summary>
internal sealed class ChangeIntake(ulong raisedBy, IDictionary<string, string[]> maskedColumns)
{
    private readonly FrozenDictionary<string, FrozenSet<string>> masked = maskedColumns.ToFrozenDictionary(static table => table.Key, static table => table.Value.ToFrozenSet());

    public RowChange Take(RowChange change)
    {
        if (raisedBy > 0) change = change with { Version = change.Version with { Position = change.Version.Position + raisedBy } };
        return masked.TryGetValue(change.Table, out var columns) ? change with { Before = change.Before?.Masked(columns), After = change.After?.Masked(columns) } : change;
    }
}
