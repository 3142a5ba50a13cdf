using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Strangler.Facade;

/// <summary>Looks at requests from their begin to their end, when anybody wants to know: how long they took, the trace that they belong to, the access log of their route.</summary>
internal sealed class RequestObserver(FacadeMetrics metrics, AccessLog log, TimeProvider clock)
{
    private const string TraceParent = "traceparent";
    private const string TraceState = "tracestate";

    /// <summary>Begins to look at a request. What it notes of a trace is the current activity of who called.</summary>
    public RequestRecord Begin(HttpContext context, RoutePlan plan)
    {
        CountingStream? body = null;
        if (plan.Route.AccessLog)
        {
            var user = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
            body = new CountingStream(user.Stream);
            context.Features.Set<IHttpResponseBodyFeature>(new AnswerThrough(user, body));
        }

        var record = new RequestRecord(clock.GetTimestamp(), Trace(context, plan.Route), body);
        context.Features.Set(record);
        return record;
    }

    /// <summary>The request is over.</summary>
    public void End(HttpContext context, RoutePlan plan, RequestRecord record)
    {
        var duration = clock.GetElapsedTime(record.Began);
        int? status = record.Outcome == Outcome.ClientGone && !context.Response.HasStarted ? null : context.Response.StatusCode;
        if (record.Trace is { } trace)
        {
            // No address: it may hold personal data. The route says enough, and the client's own part of the trace says the rest.
            trace.SetTag("http.response.status_code", status).SetTag("strangler.owner", record.Owner?.Name).SetTag("strangler.outcome", FacadeMetrics.Word(record.Outcome));
            if (record.Outcome != Outcome.Answered || status >= StatusCodes.Status500InternalServerError) trace.SetStatus(ActivityStatusCode.Error);
            trace.Dispose();
        }

        if (record.Owner is null) return;
        metrics.Measure(plan.Route, record.Owner, record.Outcome, duration);
        if (plan.Route.AccessLog) log.Write(context, plan.Route, record, status, duration);
    }

    private static Activity? Trace(HttpContext context, OwnedRoute route)
    {
        if (!FacadeMetrics.Traces.HasListeners()) return null;
        var headers = context.Request.Headers;
        // Without a parent of its own it is a root: nothing of this process is around it.
        Activity.Current = null;
        ActivityContext.TryParse(headers[TraceParent], headers[TraceState], isRemote: true, out var parent);
        return FacadeMetrics.Traces.StartActivity(
            $"{context.Request.Method} {route.Id}",
            ActivityKind.Server,
            parent,
            [new("http.request.method", context.Request.Method), new("strangler.route", route.Id), new("strangler.stage", route.Stage.Word())]);
    }
}
