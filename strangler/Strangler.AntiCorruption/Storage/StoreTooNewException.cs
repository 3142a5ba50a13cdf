namespace Strangler.AntiCorruption;

/// <summary>The layer's store was written by a later version of the layer. Nothing was changed.</summary>
/// <param name="found">Version of the store.</param>
/// <param name="known">Newest version that this layer reads.</param>
public sealed class StoreTooNewException(int found, int known) : Exception(
    $"The store of the anti-corruption layer has version {found}, and this layer knows versions up to {known}: a later layer has written it. Run that one; or restore the store as it was before, and the source with it.")
{
    /// <summary>Version of the store.</summary>
    public int Found { get; } = found;

    /// <summary>Newest version that this layer reads.</summary>
    public int Known { get; } = known;
}
