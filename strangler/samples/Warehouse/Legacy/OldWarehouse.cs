using System.Globalization;
using Dapper;
using Strangler.Messaging;

namespace Warehouse.Legacy;

/// <summary>The application that is being replaced: one table, quantities as people typed them, pages that do the arithmetic.</summary>
internal static class OldWarehouse
{
    private const string Schema = """
        create table if not exists STK (SKU text not null primary key, DSC text, QTY text, BIN text, DEL text);
        insert into STK (SKU, DSC, QTY, BIN, DEL) values
            ('HB-M8', 'HEX BOLT M8', '3 DZ', 'A-03-2', ''),
            ('WN-M8', 'WING NUT M8 ', '40PC', 'A-03-3', null),
            ('SC-35', 'SCREW 3.5', '2 GR', 'B-01-1', 'N'),
            ('OLD-1', 'ROPE, HEMP', '5 PC', 'Z-99-9', 'Y'),
            ('GL-22', 'GLUE', 'ASK PETE', 'C-07-1', '')
            on conflict (SKU) do nothing;
        """;

    public static WebApplication Create(string address, string database)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", address, "--Logging:LogLevel:Default", "Warning"]);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var app = builder.Build();
        var store = StoreDataSource.Create(database);
        app.Lifetime.ApplicationStopped.Register(store.Dispose);
        using (var connection = store.OpenConnection()) connection.Execute(Schema);

        app.MapMethods("/parts/{sku}", ["GET", "HEAD"], async (string sku) =>
        {
            await using var connection = await store.OpenConnectionAsync();
            var row = await connection.QuerySingleOrDefaultAsync<(string Description, string Quantity, string Bin)?>(
                "select DSC, QTY, BIN from STK where SKU = @sku and coalesce(DEL, '') <> 'Y'", new { sku });
            return row is var (description, quantity, bin) && Pieces(quantity) is { } pieces
                ? PartPage.Found(description.Trim(), pieces, bin)
                : PartPage.Unknown();
        });
        app.MapPost("/parts/{sku}/take", async (string sku, HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            await using var connection = await store.OpenConnectionAsync();
            var quantity = await connection.QuerySingleOrDefaultAsync<string>("select QTY from STK where SKU = @sku", new { sku });
            if (Pieces(quantity) is not { } there || !int.TryParse(form["pieces"], CultureInfo.InvariantCulture, out var taken) || taken < 1 || taken > there)
            {
                return Results.Text("NOT ENOUGH", statusCode: 409);
            }

            await connection.ExecuteAsync("update STK set QTY = @left where SKU = @sku", new { sku, left = $"{there - taken} PC" });
            return Results.Redirect($"/parts/{Uri.EscapeDataString(sku)}");
        });
        return app;
    }

    // "3 DZ" is three dozen, "2 GR" two gross; anything else nobody counts.
    private static int? Pieces(string? quantity)
    {
        if (quantity is not { Length: > 2 } || !int.TryParse(quantity[..^2].Trim(), CultureInfo.InvariantCulture, out var number)) return null;
        return quantity[^2..] switch { "PC" => number, "DZ" => number * 12, "GR" => number * 144, _ => null };
    }
}
