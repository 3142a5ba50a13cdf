using Strangler.AntiCorruption;
using Strangler.Messaging;

namespace Warehouse.Layer;

/// <summary>The anti-corruption layer: five lines and a translator.</summary>
internal static class LayerHost
{
    public static WebApplication Create(string[] args, IMedium medium)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Services.AddStranglerMessaging(builder.Configuration, medium);
        builder.Services.Configure<AntiCorruptionOptions>(layer => layer.Source = "urn:warehouse:old");
        builder.Services.AddAntiCorruption(builder.Configuration).AddTranslator<PartTranslator>();
        var app = builder.BuildChecked();
        app.MapAntiCorruption();
        return app;
    }
}
