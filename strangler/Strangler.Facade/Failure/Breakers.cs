using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>The breaker of each service. One stays the same over every change of the file, and over a restart while it is open.</summary>
internal sealed partial class Breakers
{
    private readonly ConcurrentDictionary<string, Breaker> breakers = new(StringComparer.OrdinalIgnoreCase);
    private readonly BreakerLatch latch;
    private readonly IReadOnlyDictionary<string, DateTimeOffset> before;
    private readonly TimeProvider clock;
    private readonly ILogger<Breakers> log;

    public Breakers(BreakerLatch latch, TimeProvider clock, ILogger<Breakers> log)
    {
        (this.latch, this.clock, this.log) = (latch, clock, log);
        before = latch.Read();
    }

    /// <summary>The breaker of a service, by its rule; null when it has none.</summary>
    public Breaker? Of(Owner owner)
    {
        if (owner.Rules?.Breaker is not { } rule) return null;
        var breaker = breakers.GetOrAdd(owner.Name, name => Create(name, rule));
        breaker.Rule = rule;
        return breaker;
    }

    private Breaker Create(string service, BreakerRule rule)
    {
        var breaker = new Breaker(service, rule, clock);
        if (before.TryGetValue(service, out var until))
        {
            breaker.Restore(until);
            LogRestored(service, until);
        }

        breaker.Changed += Changed;
        return breaker;
    }

    private void Changed(Breaker breaker)
    {
        var view = breaker.View;
        if (view.State == BreakerState.Open) LogOpen(breaker.Service, view.Until!.Value);
        else if (view.State == BreakerState.HalfOpen) LogProbing(breaker.Service, breaker.Rule.Probes);
        else LogClosed(breaker.Service);
        latch.Keep(breakers.Values.Select(each => (each.Service, each.View)).Where(each => each.View.State != BreakerState.Closed).ToDictionary(each => each.Service, each => each.View.Until!.Value));
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Service {Service} fails too often; it is left alone until {Until:u}")]
    private partial void LogOpen(string service, DateTimeOffset until);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Service {Service} is tried again with {Probes} requests")]
    private partial void LogProbing(string service, int probes);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Service {Service} is well again")]
    private partial void LogClosed(string service);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "Service {Service} was failing before the restart; it is left alone until {Until:u}")]
    private partial void LogRestored(string service, DateTimeOffset until);
}
