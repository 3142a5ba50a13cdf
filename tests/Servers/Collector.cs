using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Strangler.Tests.Servers;

/// <summary>Stands where an OpenTelemetry collector would (OTLP over HTTP, protobuf) and reads as much of what comes as the tests ask.</summary>
public sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<byte[]> metrics = new();
    private readonly ConcurrentQueue<byte[]> traces = new();

    private Collector(WebApplication app) => this.app = app;

    /// <summary>Where it listens.</summary>
    public string Url => app.Urls.Single();

    /// <summary>Starts one on a port of its own.</summary>
    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = new Collector(builder.Build());
        collector.app.Run(collector.TakeAsync);
        await collector.app.StartAsync();
        return collector;
    }

    /// <summary>The last value of each series of a counter: its tags, and the sum.</summary>
    public IReadOnlyDictionary<string, long> Counter(string name)
    {
        var series = new Dictionary<string, long>();
        // ExportMetricsServiceRequest / ResourceMetrics / ScopeMetrics / Metric (name = 1) / Sum (7) / NumberDataPoint (1: attributes = 7, as_int = 6).
        foreach (var metric in metrics.SelectMany(request => Proto.All(request, 1, 2, 2)).Where(metric => Proto.Text(metric, 1) == name))
        {
            foreach (var point in Proto.All(metric, 7, 1))
            {
                var tags = Proto.All(point, 7).Select(tag => $"{Proto.Text(tag, 1)}={Proto.Text(Proto.All(tag, 2).Single(), 1)}");
                series[string.Join(' ', tags.Order(StringComparer.Ordinal))] = Proto.Fixed64(point, 6);
            }
        }

        return series;
    }

    /// <summary>What a resource is called.</summary>
    public IEnumerable<string> Services =>
        // ResourceMetrics (1) / Resource (1) / attributes (1).
        metrics.SelectMany(request => Proto.All(request, 1, 1, 1)).Where(tag => Proto.Text(tag, 1) == "service.name").Select(tag => Proto.Text(Proto.All(tag, 2).Single(), 1)).Distinct();

    /// <summary>Trace, parent and name of each span: ExportTraceServiceRequest / ResourceSpans / ScopeSpans / Span (trace_id = 1, parent_span_id = 4, name = 5).</summary>
    public IEnumerable<(string Trace, string Parent, string Name)> Spans =>
        traces.SelectMany(request => Proto.All(request, 1, 2, 2)).Select(span => (Hex(span, 1), Hex(span, 4), Proto.Text(span, 5)));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static string Hex(byte[] message, int field) => Convert.ToHexStringLower(Proto.All(message, field).Single());

    private async Task TakeAsync(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (context.Request.Path == "/v1/metrics") metrics.Enqueue(body.ToArray());
        else if (context.Request.Path == "/v1/traces") traces.Enqueue(body.ToArray());
        else context.Response.StatusCode = 404;
    }

    /// <summary>The wire format of protocol buffers, to be walked by field numbers.</summary>
    private static class Proto
    {
        /// <summary>Every length-delimited value on that path of fields.</summary>
        public static IEnumerable<byte[]> All(byte[] message, params int[] path) =>
            path.Aggregate((IEnumerable<byte[]>)[message], (messages, field) => messages.SelectMany(one => Fields(one).Where(found => found.Number == field && found.Type == 2).Select(found => found.Value)));

        public static string Text(byte[] message, int field) => Encoding.UTF8.GetString(All(message, field).Single());

        public static long Fixed64(byte[] message, int field) => BinaryPrimitives.ReadInt64LittleEndian(Fields(message).Single(found => found.Number == field).Value);

        private static IEnumerable<(int Number, int Type, byte[] Value)> Fields(byte[] message)
        {
            var at = 0;
            while (at < message.Length)
            {
                var tag = Varint(message, ref at);
                var (number, type) = ((int)(tag >> 3), (int)(tag & 7));
                var length = type switch
                {
                    0 => LengthOfVarint(message, at),
                    1 => 8,
                    2 => (int)Varint(message, ref at),
                    5 => 4,
                    _ => throw new InvalidDataException($"Wire type {type} at {at}."),
                };
                yield return (number, type, message[at..(at + length)]);
                at += length;
            }
        }

        private static int LengthOfVarint(byte[] message, int at)
        {
            var end = at;
            Varint(message, ref end);
            return end - at;
        }

        private static ulong Varint(byte[] message, ref int at)
        {
            var value = 0UL;
            for (var shift = 0; ; shift += 7)
            {
                var part = message[at++];
                value |= (ulong)(part & 127) << shift;
                if (part < 128) return value;
            }
        }
    }
}
