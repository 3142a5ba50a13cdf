namespace Strangler.AntiCorruption;

/// <summary>Another pump moved the stored checkpoint: two run on one store. Nothing was stored; begin again from what is stored.</summary>
/// <param name="expected">Position that this pump stored last.</param>
public sealed class CheckpointConflictException(ulong expected)
    : Exception($"The stored checkpoint is no longer {expected}: another anti-corruption layer runs on the same store. Stop one of the two.")
{
    /// <summary>Position that this pump stored last.</summary>
    public ulong Expected { get; } = expected;
}
