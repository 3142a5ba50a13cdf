using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Strangler.AntiCorruption;

/// <summary>
/// What the layer counts, under the meter <c>Strangler.AntiCorruption</c>, looked up every few seconds while somebody listens: <c>strangler.anticorruption.lag</c> (seconds that the newest safe
/// commit is old), <c>strangler.anticorruption.behind</c> and <c>strangler.anticorruption.retained</c> (tag <c>unit</c>: bytes of log, or rows), <c>strangler.anticorruption.unconfirmed</c> (messages on their
/// way), <c>strangler.anticorruption.quarantined</c> (changes that wait), <c>strangler.anticorruption.parked</c> (keys of rows at which a translator threw), <c>strangler.anticorruption.queued</c> (changes that wait
/// behind those), <c>strangler.anticorruption.changes</c> (changes so far by translator, outcome and reason; kept over a restart), by table
/// <c>strangler.anticorruption.drift</c> (differences of its shape), <c>strangler.anticorruption.held</c> (1 while its changes wait for a corrected mapping),
/// <c>strangler.anticorruption.backfill.rows</c> and <c>strangler.anticorruption.backfill.total</c>. What is not known while source or store is away is not recorded.
/// </summary>
internal sealed partial class LayerMetrics : BackgroundService
{
    private readonly LagReader lag;
    private readonly TimeSpan interval;
    private readonly TimeProvider clock;
    private readonly ILogger<LayerMetrics> logger;
    private readonly Gauge<double> seconds;
    private readonly Gauge<long> behind;
    private readonly Gauge<long> retained;
    private readonly Gauge<long> unconfirmed;
    private readonly Gauge<long> quarantined;
    private readonly Gauge<long> parked;
    private readonly Gauge<long> queued;
    private readonly Gauge<long> drift;
    private readonly Gauge<long> held;
    private readonly Gauge<long> rows;
    private readonly Gauge<long> total;
    private volatile Measurement<long>[] changes = [];

    public LayerMetrics(LagReader lag, IOptions<AntiCorruptionOptions> options, TimeProvider clock, ILogger<LayerMetrics> logger, IMeterFactory meters)
    {
        (this.lag, this.clock, this.logger, interval) = (lag, clock, logger, options.Value.MetricsInterval);
        var meter = meters.Create(LayerTraces.Name);
        seconds = meter.CreateGauge<double>("strangler.anticorruption.lag", "s");
        behind = meter.CreateGauge<long>("strangler.anticorruption.behind");
        retained = meter.CreateGauge<long>("strangler.anticorruption.retained");
        unconfirmed = meter.CreateGauge<long>("strangler.anticorruption.unconfirmed", "{message}");
        quarantined = meter.CreateGauge<long>("strangler.anticorruption.quarantined", "{change}");
        parked = meter.CreateGauge<long>("strangler.anticorruption.parked", "{key}");
        queued = meter.CreateGauge<long>("strangler.anticorruption.queued", "{change}");
        drift = meter.CreateGauge<long>("strangler.anticorruption.drift", "{difference}");
        held = meter.CreateGauge<long>("strangler.anticorruption.held", "{table}");
        rows = meter.CreateGauge<long>("strangler.anticorruption.backfill.rows", "{row}");
        total = meter.CreateGauge<long>("strangler.anticorruption.backfill.total", "{row}");
        meter.CreateObservableCounter("strangler.anticorruption.changes", () => changes, "{change}");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            do
            {
                if (seconds.Enabled) await RecordAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping.
        }
    }

    private async Task RecordAsync(CancellationToken cancellation)
    {
        LagReport report;
        try
        {
            report = await lag.ReadAsync(cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            // Health and log say it already; metrics that stop are what a monitor is to notice.
            LogUnknown(failure);
            return;
        }

        KeyValuePair<string, object?> unit = new("unit", report.Unit);
        if (report.SecondsBehind is { } age) seconds.Record(age);
        if (report.Behind is { } distance) behind.Record((long)distance, unit);
        if (report.Retained is { } kept) retained.Record(kept, unit);
        unconfirmed.Record(report.UnconfirmedMessages);
        quarantined.Record(report.Quarantine.Open);
        parked.Record(report.Quarantine.ParkedKeys);
        queued.Record(report.Quarantine.Queued);
        changes = [.. report.Translators.SelectMany(Changes)];
        foreach (var shape in report.Shapes)
        {
            KeyValuePair<string, object?> name = new("table", shape.Table);
            drift.Record(shape.Drift.Count, name);
            held.Record(shape.Held is null ? 0 : 1, name);
        }

        foreach (var table in report.Backfill)
        {
            KeyValuePair<string, object?> name = new("table", table.Table);
            rows.Record(table.Rows, name);
            if (table.Total is { } all) total.Record(all, name);
        }
    }

    private static IEnumerable<Measurement<long>> Changes(TranslatorReport translator) =>
    [
        Change(translator.Name, TallyKey.Published, "", translator.Published),
        .. translator.Skipped.Select(skipped => Change(translator.Name, TallyKey.Skipped, skipped.Key, skipped.Value)),
        .. translator.Quarantined.Select(refused => Change(translator.Name, TallyKey.Quarantined, refused.Key, refused.Value)),
    ];

    private static Measurement<long> Change(string translator, string outcome, string reason, long count) =>
        new(count, new("translator", translator), new("outcome", outcome), new KeyValuePair<string, object?>("reason", reason));

    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "The layer's figures cannot be read for now")]
    private partial void LogUnknown(Exception cause);
}
