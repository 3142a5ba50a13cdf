using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Strangler.AntiCorruption;
using Strangler.Faults.Plants;
using Strangler.Faults.Workload;
using Strangler.Messaging;

namespace Strangler.Faults.Subject;

/// <summary>The anti-corruption layer under test, as another team would host it: a process of its own, the public API alone.</summary>
internal static class LayerHost
{
    public const string Mode = "layer";

    public static async Task RunAsync(string[] args)
    {
        var builder = SubjectHost.CreateBuilder(args);
        builder.Services.AddStranglerMessaging(builder.Configuration, Plant.MediumOf(builder.Configuration));
        builder.Services.AddAntiCorruption(builder.Configuration);
        var source = builder.Configuration["AntiCorruption:Source"]!;
        foreach (var table in SourceTable.All) builder.Services.AddSingleton<ITranslator>(new RowTranslator(table.Name, table.HasWholeOldRows, source));
        using var host = builder.Build();
        await host.RunAsync();
    }
}
