using System.Data.Common;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Strangler.Faults.Plants;
using Strangler.Messaging;

namespace Strangler.Faults.Subject;

/// <summary>A consumer under test: a process with a store of its own.</summary>
internal static class ConsumerHost
{
    public const string Mode = "consumer";

    public static async Task RunAsync(string[] args)
    {
        var builder = SubjectHost.CreateBuilder(args);
        var settings = builder.Configuration.GetRequiredSection("Consumer");
        builder.Services.AddSingleton(new HandlerSettings(settings["Source"]!, settings.GetValue<double>("Failures")));
        builder.Services.AddStore(typeof(ConsumerHost).Assembly);
        builder.Services.AddStranglerMessaging(builder.Configuration, Plant.MediumOf(builder.Configuration));
        builder.Services.AddMessageConsumer(settings["Name"]!, provider => provider.GetRequiredService<DbDataSource>(), consumer => consumer
            .Handle<RowWritten, RowWrittenHandler>(RowWritten.Type)
            .Handle<RowDeleted, RowDeletedHandler>(RowDeleted.Type));
        using var host = builder.Build();
        await host.RunAsync();
    }
}
