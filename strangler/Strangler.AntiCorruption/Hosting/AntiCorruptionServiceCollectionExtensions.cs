using System.Data.Common;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>Puts an anti-corruption layer into a host.</summary>
public static class AntiCorruptionServiceCollectionExtensions
{
    /// <summary>
    /// Adds the pump, its store and its feed. The host also needs an <see cref="IMedium"/> and at least one translator. Everything wrong with
    /// the settings or the translators is reported at start, at once, in one <see cref="OptionsValidationException"/>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">Reads section <c>AntiCorruption</c>, <c>ConnectionStrings:Source</c> and <c>ConnectionStrings:Store</c>.</param>
    public static AntiCorruptionBuilder AddAntiCorruption(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AntiCorruptionOptions>()
            .Configure(options =>
            {
                options.SourceConnection = configuration.GetConnectionString("Source") ?? "";
                options.StoreConnection = configuration.GetConnectionString("Store") ?? "";
            })
            .Bind(configuration.GetSection("AntiCorruption"))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<AntiCorruptionOptions>, AntiCorruptionOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(ChangeFeeds.Create);
        services.AddSingleton<TranslatorSet>();
        services.AddSingleton<PumpStatus>();
        services.AddSingleton(static provider => new ShapeGate(
            provider.GetRequiredService<TranslatorSet>(), Options(provider), provider.GetRequiredService<ILogger<ShapeGate>>()));
        services.AddSingleton(static provider => new WaitingChanges(
            provider.GetRequiredService<QuarantineStore>(), provider.GetRequiredService<AclStore>(), provider.GetRequiredService<TranslatorSet>(), provider.GetRequiredService<ShapeGate>(),
            Options(provider), provider.GetRequiredService<ILogger<WaitingChanges>>()));
        services.AddKeyedSingleton<DbDataSource>(StoreKey, static (provider, _) => StoreDataSource.Create(Options(provider).StoreConnection));
        services.AddSingleton(static provider => new LayerLease(
            provider.GetRequiredKeyedService<DbDataSource>(StoreKey), Options(provider).TakeoverAfter, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<LayerLease>>()));
        services.AddSingleton(static provider => new AclStore(
            provider.GetRequiredKeyedService<DbDataSource>(StoreKey), provider.GetRequiredService<LayerLease>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new QuarantineStore(provider.GetRequiredKeyedService<DbDataSource>(StoreKey)));
        services.AddSingleton<QuarantineRetry>();
        services.AddSingleton(static provider => new BackfillStore(
            provider.GetRequiredKeyedService<DbDataSource>(StoreKey), provider.GetRequiredService<LayerLease>()));
        services.AddSingleton(static provider => new KnownRows(provider.GetRequiredKeyedService<DbDataSource>(StoreKey)));
        services.AddSingleton(static provider => new AwaitedRows(provider.GetRequiredKeyedService<DbDataSource>(StoreKey)));
        services.AddSingleton(static provider => new GapHealing(
            provider.GetRequiredService<IChangeFeed>(), provider.GetRequiredService<AclStore>(), provider.GetRequiredService<BackfillStore>(),
            provider.GetRequiredService<TranslatorSet>(), Options(provider), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<GapHealing>>()));
        services.AddSingleton<Backfills>();
        services.AddSingleton<LagReader>();
        services.AddMetrics();
        services.AddHostedService<LayerMetrics>();
        services.AddHostedService<AntiCorruptionPump>();
        services.AddHealthChecks()
            .AddCheck<CaptureHealthCheck>("capture")
            .AddCheck<PublishingHealthCheck>("publishing")
            .AddCheck<BackfillHealthCheck>("backfill")
            .AddCheck<StoreHealthCheck>("store");
        return new(services);
    }

    private const string StoreKey = "Strangler.AntiCorruption.Store";

    private static AntiCorruptionOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<AntiCorruptionOptions>>().Value;
}

/// <summary>Adds what a team writes itself.</summary>
/// <param name="Services">The host's services.</param>
public sealed record AntiCorruptionBuilder(IServiceCollection Services)
{
    /// <summary>Adds a translator; one instance serves the whole host, from one thread at a time.</summary>
    /// <typeparam name="TTranslator">The translator; its constructor may take services.</typeparam>
    public AntiCorruptionBuilder AddTranslator<TTranslator>()
        where TTranslator : class, ITranslator
    {
        Services.AddSingleton<ITranslator, TTranslator>();
        return this;
    }
}
