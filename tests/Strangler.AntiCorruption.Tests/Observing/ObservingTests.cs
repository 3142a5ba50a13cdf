using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>What traces and metrics tell of a layer at work.</summary>
public sealed class ObservingTests : IAsyncLifetime
{
    private readonly SqliteSource source = new();
    private readonly InProcessMedium medium = new();
    private readonly string folder = Directory.CreateTempSubdirectory("strangler-observed-").FullName;

    private string Store => $"Data Source={Path.Combine(folder, "acl.db")}";

    public async ValueTask InitializeAsync() => await source.CreateTablesAsync();

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    [Behaviour(69)]
    public async Task One_trace_leads_from_a_source_transaction_to_the_effect_at_its_consumer()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static heard => heard.Name is "Strangler.AntiCorruption" or "Strangler.Messaging",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var service = await StartServiceAsync();
        await using var watcher = await TestConsumer.StartAsync(medium, "watcher");
        await using (var layer = await TestLayer.StartAsync(source.ConnectionString, Store, medium))
        {
            await layer.UntilAsync("streaming");
            await source.InTransactionAsync("insert into person (id, name) values (1, 'Ana')", "insert into person (id, name) values (2, 'Bea')");
            await watcher.UntilAsync(4);
            // Tests beside this one trace too: only traces of these messages count.
            var sent = watcher.Received.Select(message => ActivityContext.Parse(message.TraceParent!, null).TraceId.ToHexString()).ToHashSet();
            await Wait.UntilAsync(() => sent.IsSubsetOf(Traces("source transaction")) && sent.IsSubsetOf(Traces("test.person.stated.v1")), "both ends are told, in the traces of the messages");
        }

        IEnumerable<string> Traces(string name) => Of(name).Select(activity => activity.TraceId.ToHexString());
        IEnumerable<Activity> Of(string name) => ended.Where(activity => activity.OperationName == name);
    }

    [Fact]
    public void A_transaction_that_is_sent_again_continues_its_trace()
    {
        Assert.Equal(LayerTraces.ParentOf("capture", 7), LayerTraces.ParentOf("capture", 7));
        Assert.NotEqual(LayerTraces.ParentOf("capture", 7), LayerTraces.ParentOf("another", 7));
        Assert.True(ActivityContext.TryParse(LayerTraces.ParentOf("capture", 7), null, out var parent) && parent.TraceFlags == ActivityTraceFlags.Recorded);
    }

    [Fact]
    [Behaviour(67)]
    public async Task Metrics_tell_lag_what_is_retained_and_unconfirmed_what_waits_and_what_became_of_every_change()
    {
        await using var watcher = await TestConsumer.StartAsync(medium, "watcher");
        await source.InsertPersonsAsync(3);
        await using var layer = await TestLayer.StartAsync(source.ConnectionString, Store, medium, settings: ("AntiCorruption:MetricsInterval", "00:00:00.100"));
        var told = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == "Strangler.AntiCorruption" && instrument.Meter.Scope == layer.Meters) listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => told[Name(instrument, tags)] = value);
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => told[Name(instrument, tags)] = value);
        listener.Start();
        await layer.UntilAsync("streaming");
        await source.ExecuteAsync("insert into person (id, name) values (4, 'skip'), (5, 'refuse')");

        await Wait.UntilAsync(
            () =>
            {
                listener.RecordObservableInstruments();
                return told.ContainsKey("strangler.anticorruption.changes translator=person outcome=quarantined reason=T1.refused") && told.GetValueOrDefault("strangler.anticorruption.quarantined") == 1 && told.GetValueOrDefault("strangler.anticorruption.behind unit=rows", -1) == 0;
            },
            "the layer has caught up and says so");

        Assert.Equal(3, told["strangler.anticorruption.changes translator=person outcome=published reason="]);
        Assert.Equal(1, told["strangler.anticorruption.changes translator=person outcome=skipped reason=not-wanted"]);
        Assert.Equal(1, told["strangler.anticorruption.changes translator=person outcome=quarantined reason=T1.refused"]);
        Assert.Equal((3, 3), (told["strangler.anticorruption.backfill.rows table=person"], told["strangler.anticorruption.backfill.total table=person"]));
        Assert.Equal((0, 0), (told["strangler.anticorruption.lag"], told["strangler.anticorruption.unconfirmed"]));
        Assert.Contains("strangler.anticorruption.retained unit=rows", told.Keys);
    }

    private static string Name(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name;
        foreach (var (key, value) in tags) name += $" {key}={value}";
        return name;
    }

    private async Task<IHost> StartServiceAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        var store = StoreDataSource.Create($"Data Source={Path.Combine(folder, "service.db")}");
        builder.Services.AddStranglerMessaging(builder.Configuration, medium);
        builder.Services.AddMessageConsumer("service", store, consumer => consumer.Handle<PersonTranslator.Person, Nothing>("test.person.stated.v1"));
        var host = builder.Build();
        await host.StartAsync();
        await Wait.UntilAsync(() => host.Services.GetRequiredKeyedService<ConsumerStatus>("service").Troubles.Count == 0, "the service is bound");
        return host;
    }

    internal sealed class Nothing : IMessageHandler<PersonTranslator.Person>
    {
        public Task HandleAsync(PersonTranslator.Person message, MessageContext context, CancellationToken cancellation) => Task.CompletedTask;
    }
}
