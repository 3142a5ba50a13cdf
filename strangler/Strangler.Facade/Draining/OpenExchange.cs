using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>An exchange without an end of its own (a WebSocket, a stream of events), and which request began it.</summary>
internal sealed class OpenExchange(string method, string host, string target, IHeaderDictionary headers, string owner, TimeProvider clock) : IDisposable
{
    private readonly CancellationTokenSource ending = new();
    private readonly Lock sync = new();
    private ITimer? deadline;
    private DateTimeOffset? drainedBy;
    private bool closed;

    /// <summary>Cancelled when it must come to its end.</summary>
    public CancellationToken Ending => ending.Token;

    /// <summary>Until when it may stay, because its route has left its owner; null while it may stay for good.</summary>
    public DateTimeOffset? DrainedBy
    {
        get
        {
            lock (sync) return drainedBy;
        }
    }

    /// <summary>Lets it go on while the table says that its owner may answer such a request; sets a deadline otherwise. The first deadline counts.</summary>
    public void Judge(OwnershipTable table, TimeSpan drain)
    {
        var stays = table.Find(method, host, target, headers).Answerers.Any(answerer => answerer.Name == owner);
        lock (sync)
        {
            if (closed) return;
            if (stays)
            {
                deadline?.Dispose();
                deadline = null;
                drainedBy = null;
            }
            else if (deadline is null)
            {
                deadline = clock.CreateTimer(_ => End(), null, drain, Timeout.InfiniteTimeSpan);
                drainedBy = clock.GetUtcNow() + drain;
            }
        }
    }

    public void Dispose()
    {
        lock (sync)
        {
            closed = true;
            deadline?.Dispose();
            ending.Dispose();
        }
    }

    private void End()
    {
        lock (sync)
        {
            if (!closed) ending.Cancel();
        }
    }
}
