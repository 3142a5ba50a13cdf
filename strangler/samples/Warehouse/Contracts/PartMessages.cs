namespace Warehouse.Contracts;

/// <summary>How many pieces of a part there are, and where.</summary>
/// <param name="Sku">The part.</param>
/// <param name="Description">What it is, trimmed.</param>
/// <param name="Pieces">Single pieces, 0 or more, whatever unit somebody typed.</param>
/// <param name="Bin">Where it lies.</param>
public sealed record PartStockChanged(string Sku, string Description, int Pieces, string Bin)
{
    /// <summary>Wire name.</summary>
    public const string Type = "warehouse.part.stock-changed.v1";
}

/// <summary>A part that is kept no more.</summary>
/// <param name="Sku">The part.</param>
public sealed record PartWithdrawn(string Sku)
{
    /// <summary>Wire name.</summary>
    public const string Type = "warehouse.part.withdrawn.v1";
}
