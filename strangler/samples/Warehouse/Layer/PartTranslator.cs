using Strangler.AntiCorruption;
using Warehouse.Contracts;

namespace Warehouse.Layer;

/// <summary>What a row of STK means. The only place, beside the legacy itself, that spells its columns.</summary>
internal sealed class PartTranslator : ITranslator
{
    public string Name => "part";

    public string Table => "STK";

    public string KeyColumn => "SKU";

    public bool NeedsBefore => false;

    public IReadOnlyList<string> Types => [PartStockChanged.Type, PartWithdrawn.Type];

    public Translation Translate(RowChange change)
    {
        var sku = (change.After ?? change.Before!).Text("SKU")!;
        if (change.After is not { } row || row.Text("DEL") == "Y") return Publish(PartWithdrawn.Type, sku, new PartWithdrawn(sku));
        return Quantity.Read(row.Text("QTY")) is { } pieces
            ? Publish(PartStockChanged.Type, sku, new PartStockChanged(sku, row.Text("DSC")?.Trim() ?? "", pieces, row.Text("BIN") ?? ""))
            : new Translation.Quarantined("quantity.unreadable", $"QTY is '{row.Text("QTY")}'; a number and PC, DZ or GR was expected")
            {
                // Until somebody counts, nobody goes on showing what was there before.
                Meanwhile = [new(PartWithdrawn.Type, $"part/{sku}", new PartWithdrawn(sku), [])],
            };
    }

    private static Translation.Published Publish(string type, string sku, object body) => new([new(type, $"part/{sku}", body, [])]);
}
