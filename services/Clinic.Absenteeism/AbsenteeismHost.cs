using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;
using Clinic.Absenteeism.Absences;
using Clinic.Absenteeism.Api;
using Clinic.Absenteeism.Charts;
using Clinic.Absenteeism.Pages;
using Clinic.Contracts.Absences;
using Microsoft.Extensions.Options;
using Strangler.Identity;
using Strangler.Messaging;
using Strangler.Telemetry;

namespace Clinic.Absenteeism;

/// <summary>Days lost to illness and accidents: fed by messages, shown on /clientes/absenteismo/.</summary>
public static class AbsenteeismHost
{
    /// <summary>Name of the service in routes.json, in queue names and in the identity that it accepts.</summary>
    public const string Name = "absenteeism";

    private const string DefaultAddress = "http://127.0.0.1:8084";

    /// <param name="args">Settings as <c>--Key:Sub value</c>.</param>
    /// <param name="medium">A medium to consume from instead of RabbitMQ; null for RabbitMQ.</param>
    /// <exception cref="OptionsValidationException">Settings are missing or broken; every error at once.</exception>
    public static WebApplication Create(string[] args, IMedium? medium = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey])) builder.WebHost.UseUrls(DefaultAddress);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        // Health data: the framework's request log would keep who asked for what.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        builder.Services.AddStranglerTelemetry(Name);
        builder.Services.AddStore(typeof(AbsenteeismHost).Assembly);
        builder.Services.AddStranglerIdentity(identity => identity.Audience = Name);
        builder.Services.AddStranglerMessaging(builder.Configuration, medium, messaging => messaging.Exchange = "clinic");
        builder.Services.AddMessageConsumer(Name, provider => provider.GetRequiredService<DbDataSource>(), HandleMessages);
        builder.Services.AddHealthChecks().AddStoreCheck("absences");
        builder.Services.AddProblemDetails();
        builder.Services.AddOpenApi(description => description.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "Absenteeism", Version = "1" };
            return Task.CompletedTask;
        }));
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });

        var app = builder.BuildChecked();
        app.UseExceptionHandler();
        app.UsePages(new Dictionary<string, Page>
        {
            [ConsolidatedChart.Path] = ConsolidatedChart.Handle,
            [ConsolidatedChart.ExportPath] = ConsolidatedChart.HandleExport,
            [WorkAccidentChart.Path] = WorkAccidentChart.Handle,
            [WorkAccidentChart.ExportPath] = WorkAccidentChart.HandleExport,
        });
        AbsencesSummary.Describe(app.MapGet(AbsencesSummary.Path, AbsencesSummary.Handle));
        app.MapHealth();
        app.MapConsumers();
        app.MapOpenApi().AllowAnonymous();
        return app;
    }

    private static void HandleMessages(MessageConsumerBuilder consumer) => consumer
        .Handle<AbsenceRecorded, AbsenceOnFileHandler>(AbsenceRecorded.Type)
        .Handle<AbsenceCorrected, AbsenceOnFileHandler>(AbsenceCorrected.Type)
        .Handle<AbsenceWithdrawn, AbsenceWithdrawnHandler>(AbsenceWithdrawn.Type);
}
