using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>Keeps in the state folder which breakers are open, and until when. Written behind the requests, the latest state only.</summary>
internal sealed class BreakerLatch(StateFolder state, ILogger<BreakerLatch> log) : BackgroundService
{
    private readonly Channel<IReadOnlyDictionary<string, DateTimeOffset>> latest =
        Channel.CreateBounded<IReadOnlyDictionary<string, DateTimeOffset>>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly KeptFile<IReadOnlyDictionary<string, DateTimeOffset>> file = state.Kept<IReadOnlyDictionary<string, DateTimeOffset>>("breakers", "every breaker begins closed", log);

    /// <summary>The open breakers of before the start, by service; empty when there are none, or the file says nothing that can be read.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Read() => file.Read() ?? new Dictionary<string, DateTimeOffset>();

    /// <summary>Has the open breakers written soon; what was to be written before gives way.</summary>
    public void Keep(IReadOnlyDictionary<string, DateTimeOffset> open) => latest.Writer.TryWrite(open);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // The loop ends when it has written what is there.
        latest.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var open in latest.Reader.ReadAllAsync(CancellationToken.None)) file.Write(open);
    }
}
