using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Strangler.Telemetry;

/// <summary>Metrics and traces of a host, sent to an OpenTelemetry collector when the environment names one.</summary>
public static class StranglerTelemetry
{
    /// <summary>The variable that names the collector, e.g. <c>http://127.0.0.1:4317</c>. Not set, nothing is sent and nothing is measured for it.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>
    /// Sends what meters and sources named <c>Strangler.*</c> say, by the standard variables of OpenTelemetry: besides <see cref="Endpoint"/> e.g. <c>OTEL_EXPORTER_OTLP_PROTOCOL</c>
    /// (<c>grpc</c>, the default, or <c>http/protobuf</c>), <c>OTEL_SERVICE_NAME</c>, <c>OTEL_METRIC_EXPORT_INTERVAL</c> and <c>OTEL_TRACES_SAMPLER</c>.
    /// Of several hosts in one process the first to start exports for all.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="service">The service's name when <c>OTEL_SERVICE_NAME</c> gives none.</param>
    public static IServiceCollection AddStranglerTelemetry(this IServiceCollection services, string service)
    {
        ArgumentException.ThrowIfNullOrEmpty(service);
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Endpoint))) services.AddSingleton<IHostedService>(_ => new OtlpExport(service));
        return services;
    }
}
