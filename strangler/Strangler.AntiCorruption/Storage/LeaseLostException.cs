namespace Strangler.AntiCorruption;

/// <summary>Another layer on the same store is the active one now, or this one cannot show that it still is. Nothing more is stored; begin again, and stand by.</summary>
/// <param name="epoch">Epoch of this layer.</param>
public sealed class LeaseLostException(long epoch)
    : Exception($"Another layer on the same store took over after epoch {epoch}, or the store ended this layer's session. This one stands by. A store in an SQLite file serves one layer alone.")
{
    /// <summary>Epoch of this layer.</summary>
    public long Epoch { get; } = epoch;
}
