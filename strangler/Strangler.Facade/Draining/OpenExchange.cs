using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>An exchange without an end of its own (a WebSocket, a stream of events), and which request began it.</summary>
internal sealed class OpenExchange(string method, string host, string target, IHeaderDictionary headers, string owner, TimeProvider clock) : IDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _lock = new();
    private ITimer? _deadline;
    private DateTimeOffset? _drainedBy;
    private bool _closed;

    /// <summary>Cancelled when it must come to its end.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>Until when it may stay, because its route has left its owner; null while it may stay for good.</summary>
    public DateTimeOffset? DrainedBy
    {
        get
        {
            lock (_lock) return _drainedBy;
        }
    }

    /// <summary>Lets it go on while the table says that its owner may answer such a request; sets a deadline otherwise. The first deadline counts.</summary>
    public void Judge(OwnershipTable table, TimeSpan drain)
    {
        var stays = table.Find(method, host, target, headers).Answerers.Any(answerer => answerer.Name == owner);
        lock (_lock)
        {
            if (_closed) return;
            if (stays)
            {
                _deadline?.Dispose();
                _deadline = null;
                _drainedBy = null;
            }
            else if (_deadline is null)
            {
                _deadline = clock.CreateTimer(_ => End(), null, drain, Timeout.InfiniteTimeSpan);
                _drainedBy = clock.GetUtcNow() + drain;
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            _deadline?.Dispose();
            _ending.Dispose();
        }
    }

    private void End()
    {
        lock (_lock)
        {
            if (!_closed) _ending.Cancel();
        }
    }
}
