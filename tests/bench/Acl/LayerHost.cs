using Strangler.AntiCorruption;
using Strangler.Messaging;

namespace Strangler.Bench.Acl;

/// <summary>The anti-corruption layer as a host has it: its pump between the legacy database and a medium, with one translator.</summary>
internal static class LayerHost
{
    /// <summary>Arguments after it: see <see cref="RunAsync"/>.</summary>
    public const string Mode = "layer";

    public const int Partitions = 4;

    /// <param name="name">Of slot and publication.</param>
    /// <param name="source">The legacy database.</param>
    /// <param name="store">The layer's own.</param>
    /// <param name="medium">Where messages go.</param>
    public static IHost Create(string name, string source, string store, IMedium medium)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Source"] = source,
            ["ConnectionStrings:Store"] = store,
            ["AntiCorruption:Slot"] = name,
            ["AntiCorruption:Publication"] = name,
        });
        builder.Services.AddSingleton(medium);
        builder.Services.AddAntiCorruption(builder.Configuration).AddTranslator<ExamTranslator>();
        // What the pump has to say, it says here: a run that began again after a failure would not be what is measured.
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        return builder.Build();
    }

    public static RabbitMqMedium Medium(string name, string broker) => new(new() { Exchange = name, Partitions = Partitions, RabbitMq = { Uri = broker } });

    /// <summary>A process of its own, so that what it holds in memory is the layer's.</summary>
    public static async Task RunAsync(string name, string source, string store, string broker)
    {
        using var host = Create(name, source, store, Medium(name, broker));
        await host.RunAsync();
    }
}
