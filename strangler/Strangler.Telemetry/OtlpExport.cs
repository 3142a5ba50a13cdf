using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Strangler.Telemetry;

/// <summary>
/// Exports from the start of the host to its end; what is left then is sent before the host goes, within a few seconds. Meters and sources are the process's, not
/// the host's: of several hosts in one process the first exports for all of them, or everything would be counted once for each.
/// </summary>
internal sealed class OtlpExport(string service) : IHostedService, IDisposable
{
    private static int exporting;
    private const string Ours = "Strangler.*";
    private const int LastWordsMilliseconds = 5_000;
    private MeterProvider? metrics;
    private TracerProvider? traces;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref exporting, 1, 0) != 0) return Task.CompletedTask;

        // Variables of the environment come before what is said here.
        void Named(ResourceBuilder resource) => resource.Clear().AddService(service).AddTelemetrySdk().AddEnvironmentVariableDetector();
        metrics = Sdk.CreateMeterProviderBuilder().ConfigureResource(Named).AddMeter(Ours).AddOtlpExporter().Build();
        traces = Sdk.CreateTracerProviderBuilder().ConfigureResource(Named).AddSource(Ours).AddOtlpExporter().Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        traces?.Shutdown(LastWordsMilliseconds);
        metrics?.Shutdown(LastWordsMilliseconds);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        if (metrics is null) return;
        traces?.Dispose();
        metrics.Dispose();
        metrics = null;
        Volatile.Write(ref exporting, 0);
    }
}
