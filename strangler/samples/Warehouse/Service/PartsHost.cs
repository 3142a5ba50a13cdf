using System.Data.Common;
using Dapper;
using Strangler.Messaging;
using Warehouse.Contracts;

namespace Warehouse.Service;

/// <summary>The service that takes a route over: fed by messages, its own store, the page its users know.</summary>
internal static class PartsHost
{
    public static WebApplication Create(string[] args, IMedium medium)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddStore(typeof(PartsHost).Assembly);
        builder.Services.AddStranglerMessaging(builder.Configuration, medium);
        builder.Services.AddMessageConsumer("parts", provider => provider.GetRequiredService<DbDataSource>(), consumer => consumer
            .Handle<PartStockChanged, PartStockChangedHandler>(PartStockChanged.Type)
            .Handle<PartWithdrawn, PartWithdrawnHandler>(PartWithdrawn.Type));
        builder.Services.AddHealthChecks().AddStoreCheck("parts");

        var app = builder.BuildChecked();
        app.MapMethods("/parts/{sku}", ["GET", "HEAD"], async (string sku, DbDataSource store, CancellationToken cancellation) =>
        {
            await using var connection = await store.OpenConnectionAsync(cancellation);
            var part = await connection.QuerySingleOrDefaultAsync<(string Description, int Pieces, string Bin)?>(
                "select description, pieces, bin from parts where sku = @sku", new { sku });
            return part is var (description, pieces, bin) ? PartPage.Found(description, pieces, bin) : PartPage.Unknown();
        });
        app.MapHealth();
        return app;
    }
}
