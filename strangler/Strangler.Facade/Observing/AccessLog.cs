using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>
/// One line a request, on routes that want it, in the log category <c>Strangler.Facade.Access</c>. Written behind the requests: a log that cannot keep up loses lines,
/// which are counted, and never holds a request. Of the address there is the path alone, masked but for the words of the route itself.
/// </summary>
internal sealed partial class AccessLog(FacadeMetrics metrics, TimeProvider clock, ILoggerFactory logs) : BackgroundService
{
    /// <summary>The log category.</summary>
    public const string Category = "Strangler.Facade.Access";

    private const int MostWaiting = 4096;
    private readonly ILogger log = logs.CreateLogger(Category);
    private readonly Channel<Line> lines = Channel.CreateBounded<Line>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private long dropped;

    /// <summary>Has a line written soon, or counts it as lost.</summary>
    public void Write(HttpContext context, OwnedRoute route, RequestRecord record, int? status, TimeSpan duration)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var line = new Line(clock.GetUtcNow() - duration, route, record.Owner!.Name, record.Outcome, context.Request.Method, target, context.Request.Protocol, status, record.Bytes, duration, record.Trace?.TraceId.ToString());
        if (lines.Writer.TryWrite(line)) return;
        Interlocked.Increment(ref dropped);
        metrics.CountLostLine(route);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // The loop ends when it has written what is there.
        lines.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var line in lines.Reader.ReadAllAsync(CancellationToken.None))
        {
            Log(line);
            if (Interlocked.Exchange(ref dropped, 0) is > 0 and var lost) LogLost(lost);
        }
    }

    private void Log(Line line)
    {
        if (!log.IsEnabled(LogLevel.Information)) return;
        var query = line.Target.IndexOf('?', StringComparison.Ordinal);
        var path = Mask.Target(query < 0 ? line.Target : line.Target[..query], line.Route.Template);
        var milliseconds = Math.Round(line.Duration.TotalMilliseconds, 1);
        var (stage, outcome) = (line.Route.Stage.Word(), FacadeMetrics.Word(line.Outcome));
        LogRequest(line.Began, line.Method, path, line.Status, line.Bytes, milliseconds, line.Route.Id, stage, line.Owner, outcome, line.Protocol, line.Trace ?? "-");
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Began:O} {Method} {Path} {Status} {Bytes} B {Milliseconds} ms route={Route} stage={Stage} owner={Owner} outcome={Outcome} protocol={Protocol} trace={Trace}")]
    private partial void LogRequest(DateTimeOffset began, string method, string path, int? status, long bytes, double milliseconds, string route, string stage, string owner, string outcome, string protocol, string trace);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{Lost} lines of the access log were lost, because they came faster than they can be written")]
    private partial void LogLost(long lost);

    private sealed record Line(DateTimeOffset Began, OwnedRoute Route, string Owner, Outcome Outcome, string Method, string Target, string Protocol, int? Status, long Bytes, TimeSpan Duration, string? Trace);
}
