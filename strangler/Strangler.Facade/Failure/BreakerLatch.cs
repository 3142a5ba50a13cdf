using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>Keeps in the state folder which breakers are open, and until when. Written behind the requests, the latest state only; a disk that fails costs the memory over a restart, nothing else.</summary>
internal sealed partial class BreakerLatch(StateFolder state, ILogger<BreakerLatch> log) : BackgroundService
{
    private readonly Channel<IReadOnlyDictionary<string, DateTimeOffset>> _latest =
        Channel.CreateBounded<IReadOnlyDictionary<string, DateTimeOffset>>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>The open breakers of before the start, by service; empty when there are none, or the file says nothing that can be read.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Read()
    {
        try
        {
            if (File.Exists(state.BreakersFile)) return JsonSerializer.Deserialize<Dictionary<string, DateTimeOffset>>(File.ReadAllBytes(state.BreakersFile)) ?? [];
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or JsonException)
        {
            LogUnread(state.BreakersFile, cause.Message);
        }

        return new Dictionary<string, DateTimeOffset>();
    }

    /// <summary>Has the open breakers written soon; what was to be written before gives way.</summary>
    public void Keep(IReadOnlyDictionary<string, DateTimeOffset> open) => _latest.Writer.TryWrite(open);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // The loop ends when it has written what is there.
        _latest.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var open in _latest.Reader.ReadAllAsync(CancellationToken.None)) Write(open);
    }

    private void Write(IReadOnlyDictionary<string, DateTimeOffset> open)
    {
        try
        {
            StateFolder.Replace(state.BreakersFile, JsonSerializer.SerializeToUtf8Bytes(open));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            LogUnwritten(state.BreakersFile, cause.Message);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{File} cannot be read, so every breaker begins closed: {Reason}")]
    private partial void LogUnread(string file, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{File} cannot be written; after a restart every breaker begins closed: {Reason}")]
    private partial void LogUnwritten(string file, string reason);
}
