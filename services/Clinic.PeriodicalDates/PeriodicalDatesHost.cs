using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;
using Clinic.Contracts.Patients;
using Clinic.Contracts.PeriodicalDates;
using Clinic.PeriodicalDates.Api;
using Clinic.PeriodicalDates.ExamDates;
using Clinic.PeriodicalDates.Listing;
using Clinic.PeriodicalDates.Pages;
using Clinic.PeriodicalDates.Patients;
using Microsoft.Extensions.Options;
using Strangler.Identity;
using Strangler.Messaging;
using Strangler.Telemetry;

namespace Clinic.PeriodicalDates;

/// <summary>Who is due for the periodical exam: fed by messages, shown on /periodicos/.</summary>
public static class PeriodicalDatesHost
{
    /// <summary>Name of the service in routes.json, in queue names and in the identity that it accepts.</summary>
    public const string Name = "periodical-dates";

    private const string DefaultAddress = "http://127.0.0.1:8083";

    /// <param name="args">Settings as <c>--Key:Sub value</c>.</param>
    /// <param name="medium">A medium to consume from instead of RabbitMQ; null for RabbitMQ.</param>
    /// <exception cref="OptionsValidationException">Settings are missing or broken; every error at once.</exception>
    public static WebApplication Create(string[] args, IMedium? medium = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey])) builder.WebHost.UseUrls(DefaultAddress);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        // People are searched for by name: the framework's request log would keep the query.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        builder.Services.AddStranglerTelemetry(Name);
        builder.Services.AddStore(typeof(PeriodicalDatesHost).Assembly);
        builder.Services.AddStranglerIdentity(identity => identity.Audience = Name);
        builder.Services.AddStranglerMessaging(builder.Configuration, medium, messaging => messaging.Exchange = "clinic");
        builder.Services.AddMessageConsumer(Name, provider => provider.GetRequiredService<DbDataSource>(), HandleMessages);
        builder.Services.AddHealthChecks().AddStoreCheck("periodical_exams");
        builder.Services.AddProblemDetails();
        builder.Services.AddOpenApi(description => description.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "Periodical dates", Version = "1" };
            return Task.CompletedTask;
        }));
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        });

        var app = builder.BuildChecked();
        app.UseExceptionHandler();
        app.UsePages(new Dictionary<string, Page>
        {
            [ListPeriodicals.AllPath] = ListPeriodicals.HandleAll,
            [ListPeriodicals.DuePath] = ListPeriodicals.HandleDue,
            [ExportPeriodicals.Path] = ExportPeriodicals.Handle,
        });
        FindPeriodicalDates.Describe(app.MapGet(FindPeriodicalDates.Path, FindPeriodicalDates.Handle));
        app.MapHealth();
        app.MapConsumers();
        app.MapOpenApi().AllowAnonymous();
        return app;
    }

    private static void HandleMessages(MessageConsumerBuilder consumer) => consumer
        .Handle<PatientRegistered, PatientOnFileHandler>(PatientRegistered.Type)
        .Handle<PatientUpdated, PatientOnFileHandler>(PatientUpdated.Type)
        .Handle<PatientMerged, PatientMergedHandler>(PatientMerged.Type)
        .Handle<PatientRemoved, PatientRemovedHandler>(PatientRemoved.Type)
        .Handle<ExamDateChangedV1, ExamDateChangedV1Handler>(ExamDateChangedV1.Type)
        .Handle<ExamDateChangedV2, ExamDateChangedV2Handler>(ExamDateChangedV2.Type)
        .Handle<ExamDateWithdrawn, ExamDateWithdrawnHandler>(ExamDateWithdrawn.Type);
}
