using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Facade;

/// <summary>Sends a request to one owner by YARP's forwarder: once, streamed, to a healthy destination, unless the owner is being left alone.</summary>
internal sealed partial class OwnerForwarder(IHttpForwarder forwarder, OpenExchanges exchanges, FacadeMetrics metrics, FacadeOptions options, TimeProvider clock, ILogger<OwnerForwarder> log)
{
    /// <summary>How long a WebSocket that was told to end may take to do so.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    /// <summary>Sends it, and answers with a page of our own when the owner gives no answer.</summary>
    public async Task SendAsync(HttpContext context, RoutePlan plan, OwnerPlan owner)
    {
        var outcome = await AttemptAsync(context, plan, owner, null);
        // Once the answer has begun, YARP has cut the connection: the client must not take a part for the whole.
        try
        {
            if (!context.Response.HasStarted) await PageAsync(context, owner, outcome);
        }
        finally
        {
            metrics.Count(context, plan, owner.Owner, outcome);
        }
    }

    /// <summary>Sends it, keeps an answer of 5xx from the user, and waits for the beginning of an answer no longer than given.</summary>
    /// <returns>What came of it. When that is no answer and nothing has gone to the client, somebody else may still answer. Nothing is counted yet.</returns>
    public async Task<Outcome> TryAsync(HttpContext context, RoutePlan plan, OwnerPlan owner, TimeSpan within)
    {
        using var trial = new Trial(within, clock);
        return await AttemptAsync(context, plan, owner, trial);
    }

    private Task PageAsync(HttpContext context, OwnerPlan owner, Outcome outcome) => outcome switch
    {
        Outcome.Unavailable => FacadePage.UnavailableAsync(context, RetryAfter(owner)),
        Outcome.TimedOut => FacadePage.TimeoutAsync(context, options.RetryAfter),
        Outcome.Unreachable => FacadePage.BadGatewayAsync(context, options.RetryAfter),
        // A body with a broken frame, from a client that is still there: where its next request begins is anybody's guess.
        Outcome.ClientGone when !context.RequestAborted.IsCancellationRequested && context.GetForwarderErrorFeature() is { Error: ForwarderError.RequestBodyClient } => FacadePage.AmbiguousAsync(context),
        _ => Task.CompletedTask,
    };

    /// <summary>When it is worth coming again: when an open breaker lets probes through, else after the usual while.</summary>
    private TimeSpan RetryAfter(OwnerPlan owner) => owner.Breaker?.View.Until is { } until ? until - clock.GetUtcNow() : options.RetryAfter;

    private ValueTask<Outcome> AttemptAsync(HttpContext context, RoutePlan plan, OwnerPlan owner, Trial? trial) =>
        owner.Breaker is null && plan.Measure is null && !owner.Pool.HasSeveral ? ForwardAsync(context, plan, owner, trial, null) : GuardedAsync(context, plan, owner, trial);

    // These run for every request: their state machines are kept and used again.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Outcome> GuardedAsync(HttpContext context, RoutePlan plan, OwnerPlan owner, Trial? trial)
    {
        BreakerPermit permit = default;
        if (owner.Breaker is { } breaker && !breaker.TryEnter(out permit))
        {
            plan.Measure?.Add(owner.Owner, Outcome.Unavailable, 0, null);
            return Outcome.Unavailable;
        }

        bool? failed = null;
        try
        {
            var sent = plan.Measure is null && !owner.Pool.HasSeveral ? null : new SentRequest(owner.Transformer, clock);
            var outcome = await ForwardAsync(context, plan, owner, trial, sent);
            plan.Measure?.Add(owner.Owner, outcome, context.Response.StatusCode, sent?.Latency);
            failed = outcome switch
            {
                Outcome.Answered => context.Response.StatusCode >= StatusCodes.Status500InternalServerError,
                Outcome.Unreachable or Outcome.TimedOut or Outcome.Failed => true,
                _ => null,
            };
            return outcome;
        }
        finally
        {
            owner.Breaker?.Report(permit, failed);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Outcome> ForwardAsync(HttpContext context, RoutePlan plan, OwnerPlan owner, Trial? trial, SentRequest? sent)
    {
        var outcome = Outcome.Unavailable;
        var transformer = sent ?? owner.Transformer;
        if (trial is not null) trial.Inner = transformer;
        for (var left = owner.Pool.Destinations.Count; left > 0 && owner.Pool.Pick(context) is { } destination; left--)
        {
            destination.Begin();
            try
            {
                var error = await ExchangeAsync(context, plan, owner, destination, trial ?? transformer, trial?.Late ?? CancellationToken.None);
                outcome = OutcomeOf(context, plan, owner, trial, error);
            }
            finally
            {
                destination.End();
            }

            // Where no connection could be made, nothing was sent: another destination may have the request, whatever its method. A request that was sent on an
            // old connection before, without an answer, must be one that does no harm.
            if (outcome != Outcome.Unreachable || !owner.Pool.HasSeveral || !NeverConnected(context) || sent is { MayHaveBeenExecuted: true }) return outcome;
            destination.TakeOut(owner.Pool.Health.Pause);
            // The forwarder's word for it; headers that are there, a session renewed by legacy, stay.
            context.Response.StatusCode = StatusCodes.Status200OK;
        }

        return outcome;
    }

    private ValueTask<ForwarderError> ExchangeAsync(
        HttpContext context, RoutePlan plan, OwnerPlan owner, Destination destination, HttpTransformer transformer, CancellationToken cancellation) =>
        UpgradedExchange.IsAskedFor(context)
            ? UpgradeAsync(context, plan, owner, destination, transformer, cancellation)
            : forwarder.SendAsync(context, destination.Prefix, destination.Client, plan.ExchangeWith(owner), transformer, cancellation);

    /// <summary>Owner and client must agree within the idle timeout; then the socket may be silent, until it ends or must drain.</summary>
    private async ValueTask<ForwarderError> UpgradeAsync(
        HttpContext context, RoutePlan plan, OwnerPlan owner, Destination destination, HttpTransformer transformer, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(plan.Exchange.ActivityTimeout!.Value, clock);
        await using var given = cancellation.Register(deadline.Cancel);
        var exchange = exchanges.Open(context, owner.Owner);
        await using var ending = exchange.Ending.Register(() => deadline.CancelAfter(LastWords));
        using var upgrade = UpgradedExchange.Watch(context, exchange, () =>
        {
            if (!exchange.Ending.IsCancellationRequested) deadline.CancelAfter(Timeout.InfiniteTimeSpan);
        });
        try
        {
            var error = await forwarder.SendAsync(
                context, destination.Prefix, destination.Client, plan.ExchangeWith(owner) with { ActivityTimeout = Timeout.InfiniteTimeSpan }, transformer, deadline.Token);
            if (!deadline.IsCancellationRequested || cancellation.IsCancellationRequested || context.RequestAborted.IsCancellationRequested) return error;
            if (upgrade.IsAgreed) return ForwarderError.None;
            if (!context.Response.HasStarted) context.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
            return ForwarderError.RequestTimedOut;
        }
        finally
        {
            exchanges.Close(exchange);
        }
    }

    private Outcome OutcomeOf(HttpContext context, RoutePlan plan, OwnerPlan owner, Trial? trial, ForwarderError error)
    {
        if (trial is { Failed: true }) return Outcome.Failed;
        if (error == ForwarderError.None && trial is not { TookTooLong: true }) return Outcome.Answered;
        if (WholeAnswer.Passed(context)) return Outcome.Answered;
        if (context.RequestAborted.IsCancellationRequested) return Outcome.ClientGone;
        if (trial is { TookTooLong: true }) return Outcome.TimedOut;
        if (error is ForwarderError.RequestCanceled or ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled
            or ForwarderError.ResponseBodyClient or ForwarderError.UpgradeRequestClient or ForwarderError.UpgradeResponseClient)
        {
            return Outcome.ClientGone;
        }

        var cause = context.GetForwarderErrorFeature()?.Exception;
        LogFailed(plan.Route.Id, owner.Owner.Name, error, cause?.GetBaseException().Message);
        return context.Response.StatusCode == StatusCodes.Status504GatewayTimeout ? Outcome.TimedOut : Outcome.Unreachable;
    }

    private static bool NeverConnected(HttpContext context) => !context.Response.HasStarted && context.GetForwarderErrorFeature()?.Exception is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
    };

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Route {Route}: {Owner} gave no answer ({Error}): {Reason}")]
    private partial void LogFailed(string route, string owner, ForwarderError error, string? reason);
}
