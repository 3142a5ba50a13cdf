using System.Data.Common;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Strangler.Messaging;

/// <summary>Registers media and consumers.</summary>
public static class MessagingRegistration
{
    /// <summary>
    /// Registers the medium of this host and <see cref="MessagingOptions"/>, read from section <c>Messaging</c> and checked at start.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The host's configuration.</param>
    /// <param name="medium">A medium to use instead of RabbitMQ, not disposed with the host; null for RabbitMQ at <c>Messaging:RabbitMq:Uri</c>.</param>
    /// <param name="defaults">The host's own defaults, under the configuration; null for the library's.</param>
    public static IServiceCollection AddStranglerMessaging(
        this IServiceCollection services, IConfiguration configuration, IMedium? medium = null, Action<MessagingOptions>? defaults = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new MessagingMetrics(provider.GetService<IMeterFactory>()));
        services.AddSingleton<IValidateOptions<MessagingOptions>>(new MessagingOptionsValidator(needsBroker: medium is null));
        var options = services.AddOptions<MessagingOptions>();
        if (defaults is not null) options.Configure(defaults);
        options.Bind(configuration.GetSection(MessagingOptions.Section)).ValidateOnStart();
        if (medium is not null) return services.AddSingleton(medium);
        return services.AddSingleton<IMedium>(provider =>
        {
            var settings = provider.GetRequiredService<IOptions<MessagingOptions>>().Value;
            var clock = provider.GetRequiredService<TimeProvider>();
            var broker = new RabbitMqMedium(settings, provider.GetRequiredService<MessagingMetrics>(), clock, provider.GetRequiredService<ILogger<RabbitMqMedium>>());
            return settings.Journal.Folder is null
                ? broker
                : new JournaledMedium(broker, settings.Journal, settings.Consumer, clock, provider.GetRequiredService<ILogger<JournaledMedium>>());
        });
    }

    /// <summary>Registers a consumer with a store that the caller owns; see the other overload.</summary>
    public static IServiceCollection AddMessageConsumer(
        this IServiceCollection services, string consumer, DbDataSource store, Action<MessageConsumerBuilder> configure) =>
        services.AddMessageConsumer(consumer, _ => store, configure);

    /// <summary>
    /// Registers a consumer: it subscribes to the types of its handlers in every partition and applies each message once, in the order of
    /// its key, in one transaction of the store with the library's own tables (<c>messaging_…</c>, made when missing). Its health check is
    /// <c>consumer NAME</c>, its <see cref="ConsumerStatus"/> is a service keyed by its name.
    /// </summary>
    /// <param name="services">The host's services; <see cref="AddStranglerMessaging"/> is needed too.</param>
    /// <param name="consumer">Stable name, for example <c>periodical-dates</c>: part of queue names and of the rows' key. 1 to 100 letters, digits, dashes and underscores.</param>
    /// <param name="store">PostgreSQL or SQLite; asked once, not disposed by the consumer.</param>
    /// <param name="configure">Says which types are handled; at least one.</param>
    /// <exception cref="ArgumentException">The name cannot be one, or no type is handled.</exception>
    public static IServiceCollection AddMessageConsumer(
        this IServiceCollection services, string consumer, Func<IServiceProvider, DbDataSource> store, Action<MessageConsumerBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(configure);
        if (!ConsumerName.IsValid(consumer)) throw new ArgumentException($"'{consumer}' cannot be a consumer: {ConsumerName.Rule}", nameof(consumer));
        var builder = new MessageConsumerBuilder(services);
        configure(builder);
        if (builder.Routes.Count == 0) throw new ArgumentException($"Consumer '{consumer}' handles no type.", nameof(configure));

        services.AddKeyedSingleton(consumer, new ConsumerStatus(consumer));
        services.AddHealthChecks().Add(new(
            $"consumer {consumer}",
            provider => new ConsumerHealthCheck(provider.GetRequiredKeyedService<ConsumerStatus>(consumer)),
            failureStatus: null,
            tags: null));
        services.AddKeyedSingleton(consumer, (provider, _) => new ConsumerStore(
            store(provider), consumer, OptionsOf(provider).HoldDeliveries, provider.GetRequiredService<TimeProvider>()));
        services.AddKeyedSingleton(consumer, (provider, _) => new MessageHandlers(
            builder.Routes.ToDictionary(route => route.Key, route => route.Value(provider), StringComparer.Ordinal),
            OptionsOf(provider),
            provider.GetRequiredService<ILogger<MessageConsumer>>()));
        if (builder.WantsWholeTransactions)
        {
            services.AddKeyedSingleton(consumer, (provider, _) => new WholeTransactions(
                provider.GetRequiredKeyedService<ConsumerStore>(consumer),
                provider.GetRequiredKeyedService<MessageHandlers>(consumer),
                OptionsOf(provider),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<MessageConsumer>>()));
        }

        services.AddKeyedSingleton(consumer, (provider, _) => new BatchApplier(
            provider.GetRequiredKeyedService<ConsumerStore>(consumer),
            provider.GetRequiredKeyedService<MessageHandlers>(consumer),
            provider.GetKeyedService<WholeTransactions>(consumer),
            OptionsOf(provider),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<MessagingMetrics>(),
            provider.GetRequiredService<ILogger<MessageConsumer>>()));
        services.AddKeyedSingleton(consumer, (provider, _) => new ParkedKeys(
            provider.GetRequiredKeyedService<ConsumerStore>(consumer),
            provider.GetRequiredKeyedService<BatchApplier>(consumer),
            provider.GetKeyedService<WholeTransactions>(consumer),
            provider.GetRequiredService<IMedium>(),
            provider.GetRequiredKeyedService<ConsumerStatus>(consumer),
            provider.GetRequiredService<MessagingMetrics>()));
        var subscription = new Subscription(consumer, [.. builder.Routes.Keys]);
        services.AddKeyedSingleton(consumer, (provider, _) => new ReplayLoop(
            provider.GetRequiredService<IMedium>(),
            subscription,
            provider.GetRequiredKeyedService<BatchApplier>(consumer),
            OptionsOf(provider),
            provider.GetRequiredKeyedService<ConsumerStatus>(consumer),
            provider.GetRequiredService<MessagingMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<MessageConsumer>>()));
        return services.AddSingleton<IHostedService>(provider => new MessageConsumer(
            provider.GetRequiredService<IMedium>(),
            subscription,
            provider.GetRequiredKeyedService<ConsumerStore>(consumer),
            provider.GetRequiredKeyedService<BatchApplier>(consumer),
            provider.GetKeyedService<WholeTransactions>(consumer),
            provider.GetRequiredKeyedService<ReplayLoop>(consumer),
            OptionsOf(provider),
            provider.GetRequiredKeyedService<ConsumerStatus>(consumer),
            provider.GetRequiredService<MessagingMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<MessageConsumer>>()));
    }

    private static ConsumerOptions OptionsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<MessagingOptions>>().Value.Consumer;
}
