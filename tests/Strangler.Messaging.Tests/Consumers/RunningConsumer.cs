using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Strangler.Messaging.Tests;

/// <summary>A host with one consumer, as a service has it.</summary>
public sealed class RunningConsumer : IAsyncDisposable
{
    public const string Name = "counters";

    private readonly IHost host;

    private readonly string name;

    private RunningConsumer(IHost host, CountedHandler.Script script, string name)
    {
        (this.host, this.name) = (host, name);
        Script = script;
    }

    public CountedHandler.Script Script { get; }

    public ConsumerStatus Status => host.Services.GetRequiredKeyedService<ConsumerStatus>(name);

    internal ParkedKeys Parked => host.Services.GetRequiredKeyedService<ParkedKeys>(name);

    internal ReplayLoop Replay => host.Services.GetRequiredKeyedService<ReplayLoop>(name);

    public static async Task<RunningConsumer> StartAsync(
        IMedium medium, Counters counters, CountedHandler.Script? script = null, Dictionary<string, string?>? settings = null, string[]? types = null,
        bool together = false, string name = Name, bool whole = false)
    {
        script ??= new();
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Messaging:Consumer:RetryDelay"] = "00:00:00.010",
            ["Messaging:Consumer:MaxRetryDelay"] = "00:00:00.100",
        });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.AddProvider(new CapturedLog(script));
        builder.Services.AddSingleton(script);
        builder.Services.AddStranglerMessaging(builder.Configuration, medium);
        builder.Services.AddMessageConsumer(name, counters.Store, consumer =>
        {
            if (whole) consumer.WholeTransactions();
            foreach (var type in types ?? [Sample.Counted])
            {
                if (together) consumer.HandleBatch<Counted, CountedTogetherHandler>(type);
                else consumer.Handle<Counted, CountedHandler>(type);
            }
        });
        var host = builder.Build();
        await host.StartAsync();
        return new(host, script, name);
    }

    public Task<HealthReport> HealthAsync() => host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    public Task StopAsync(CancellationToken impatient) => host.StopAsync(impatient);

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }

    /// <summary>Collects every line that is logged, at every level.</summary>
    private sealed class CapturedLog(CountedHandler.Script script) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            script.Log.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
