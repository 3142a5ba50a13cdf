using System.Data.Common;
using System.Text.Json;
using Clinic.Absenteeism.Absences;
using Clinic.Absenteeism.Api;
using Clinic.Absenteeism.Charts;
using Clinic.Absenteeism.Health;
using Clinic.Absenteeism.Pages;
using Clinic.Absenteeism.Store;
using Clinic.Contracts.Absences;
using Microsoft.Extensions.Options;
using Strangler.Identity;
using Strangler.Messaging;

namespace Clinic.Absenteeism;

/// <summary>Days lost to illness and accidents: fed by messages, shown on /clientes/absenteismo/.</summary>
public static class AbsenteeismHost
{
    /// <summary>Name of the service in routes.json, in queue names and in the identity that it accepts.</summary>
    public const string Name = "absenteeism";

    private const string DefaultAddress = "http://127.0.0.1:8084";

    /// <exception cref="OptionsValidationException">Settings are missing or broken.</exception>
    public static WebApplication Create(string[] args, IMedium? medium = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey])) builder.WebHost.UseUrls(DefaultAddress);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        // Health data: the framework's request log would keep who asked for what.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        builder.Services.AddStore();
        builder.Services.AddStranglerIdentity(identity => identity.Audience = Name);
        builder.Services.AddStranglerMessaging(builder.Configuration, medium, messaging => messaging.Exchange = "clinic");
        builder.Services.AddMessageConsumer(Name, provider => provider.GetRequiredService<DbDataSource>(), HandleMessages);
        builder.Services.AddHealthChecks().AddCheck<StoreCheck>("store", timeout: HealthAnswer.Limit);
        builder.Services.AddProblemDetails();
        builder.Services.AddOpenApi();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);

        var app = builder.Build();
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        app.UsePages(new Dictionary<string, Page>
        {
            [ConsolidatedChart.Path] = ConsolidatedChart.Handle,
            [ConsolidatedChart.ExportPath] = ConsolidatedChart.HandleExport,
            [WorkAccidentChart.Path] = WorkAccidentChart.Handle,
            [WorkAccidentChart.ExportPath] = WorkAccidentChart.HandleExport,
        });
        app.MapGet(AbsencesSummary.Path, AbsencesSummary.Handle);
        app.MapHealthChecks("/health", HealthAnswer.Options).AllowAnonymous();
        app.MapOpenApi().AllowAnonymous();
        return app;
    }

    private static void HandleMessages(MessageConsumerBuilder consumer) => consumer
        .Handle<AbsenceRecorded, AbsenceOnFileHandler>(AbsenceRecorded.Type)
        .Handle<AbsenceCorrected, AbsenceOnFileHandler>(AbsenceCorrected.Type)
        .Handle<AbsenceWithdrawn, AbsenceWithdrawnHandler>(AbsenceWithdrawn.Type);
}
