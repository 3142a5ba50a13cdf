using Clinic.AntiCorruption.Translators;
using Microsoft.Extensions.Options;
using Strangler.AntiCorruption;
using Strangler.Messaging;
using Strangler.Telemetry;

namespace Clinic.AntiCorruption;

/// <summary>Reads the clinic's legacy database and publishes what its rows mean.</summary>
public static class AntiCorruptionHost
{
    /// <summary>Who publishes. Consumers know messages by source and id: it never changes.</summary>
    public const string Source = "urn:clinic:legacy";

    private const string DefaultAddress = "http://127.0.0.1:8085";

    /// <param name="args">Settings as <c>--Key:Sub value</c>.</param>
    /// <param name="medium">A medium to publish on instead of RabbitMQ; null for RabbitMQ.</param>
    /// <exception cref="OptionsValidationException">Settings are missing or broken; every error at once.</exception>
    public static WebApplication Create(string[] args, IMedium? medium = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey])) builder.WebHost.UseUrls(DefaultAddress);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        builder.Services.AddStranglerTelemetry("anti-corruption");
        builder.Services.AddStranglerMessaging(builder.Configuration, medium, messaging => messaging.Exchange = "clinic");
        builder.Services.Configure<AntiCorruptionOptions>(layer => layer.Source = Source);
        builder.Services.AddAntiCorruption(builder.Configuration)
            .AddTranslator<PatientTranslator>()
            .AddTranslator<PeriodicalDateTranslator>()
            .AddTranslator<AbsenceTranslator>();

        var app = builder.BuildChecked();
        app.MapAntiCorruption();
        return app;
    }
}
