using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Strangler.Facade;

/// <summary>
/// WebSockets and streams of events that are open. After a flip they would stay with the owner that their route has left, for hours; so they drain: each
/// goes on until it ends by itself or <see cref="FacadeOptions.DrainTimeout"/> is over, and is then ended cleanly, so that the client comes again
/// and finds the new owner.
/// </summary>
internal sealed class OpenExchanges(FacadeOptions options, TimeProvider clock)
{
    private readonly ConcurrentDictionary<OpenExchange, byte> open = new();
    private OwnershipTable? table;

    /// <summary>How many are open.</summary>
    public int Count => open.Count;

    /// <summary>How many are open, how many of them drain, and until when the last of these may stay; null when none drains.</summary>
    public (int Open, int Draining, DateTimeOffset? DrainedBy) Read()
    {
        var deadlines = open.Keys.Select(exchange => exchange.DrainedBy).ToList();
        return (deadlines.Count, deadlines.Count(deadline => deadline is not null), deadlines.Max());
    }

    public OpenExchange Open(HttpContext context, Owner owner)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        // A copy: flips judge it by another thread, maybe just when the request is over.
        var headers = new HeaderDictionary(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase));
        var exchange = new OpenExchange(RequestPipeline.MethodOf(context), context.Request.Headers.Host.ToString(), target, headers, owner.Name, clock);
        open.TryAdd(exchange, 0);
        // A flip may have come since this request chose its owner.
        if (Volatile.Read(ref this.table) is { } table) exchange.Judge(table, options.DrainTimeout);
        return exchange;
    }

    public void Close(OpenExchange exchange)
    {
        open.TryRemove(exchange, out _);
        exchange.Dispose();
    }

    /// <summary>A new table is in force.</summary>
    public void Take(OwnershipTable table)
    {
        Volatile.Write(ref this.table, table);
        foreach (var (exchange, _) in open) exchange.Judge(table, options.DrainTimeout);
    }
}
