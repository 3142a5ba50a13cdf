namespace Strangler.Facade;

/// <summary>
/// The client's side of a WebSocket. When its exchange must end, both sides are told so by a close frame (1001, going away), put in between
/// two frames, and nothing follows it.
/// </summary>
internal sealed class DrainingSocket : Stream
{
    private static readonly byte[] ToClient = [0x88, 2, 1001 >> 8, 1001 & 0xFF];
    // A client's frames are masked; this mask is all zeros.
    private static readonly byte[] ToOwner = [0x88, 0x80 | 2, 0, 0, 0, 0, 1001 >> 8, 1001 & 0xFF];
    private readonly Stream _client;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _ending;
    private readonly WebSocketFrames _fromClient = new();
    private readonly WebSocketFrames _fromOwner = new();
    private readonly SemaphoreSlim _writing = new(1);
    private bool _clientTold;
    private bool _lastFrameRead;
    private bool _ownerTold;
    // Under way still when the end has come first: a cancelled read would leave Kestrel's pipe unusable.
    private Task<int>? _waiting;

    public DrainingSocket(Stream client, CancellationToken ending)
    {
        _client = client;
        _ending = ending.Register(() => _ended.TrySetResult());
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // YARP waits for bytes by a read of none, and fetches them by a second. Only the first can take long, so only it is woken by the end.
        if (buffer.IsEmpty)
        {
            if (!_ended.Task.IsCompleted) await Task.WhenAny(WaitAsync(cancellationToken), _ended.Task);
            return 0;
        }

        if (!_ended.Task.IsCompleted)
        {
            var read = await ReadClientAsync(buffer, cancellationToken);
            _fromClient.Take(buffer.Span[..read]);
            return read;
        }

        if (_ownerTold) return 0;
        await TellClientAsync(cancellationToken);
        if (!_lastFrameRead && !_fromClient.AtBoundary)
        {
            var read = await ReadClientAsync(buffer, cancellationToken);
            var whole = _fromClient.Take(buffer.Span[..read]);
            if (whole == 0) return read;
            // A frame that begins after this one is not begun at the owner.
            _lastFrameRead = true;
            return whole;
        }

        _ownerTold = true;
        ToOwner.CopyTo(buffer);
        return ToOwner.Length;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (_clientTold) return;
            var whole = _fromOwner.Take(buffer.Span);
            if (!_ended.Task.IsCompleted || whole == 0)
            {
                await _client.WriteAsync(buffer, cancellationToken);
                return;
            }

            await _client.WriteAsync(buffer[..whole], cancellationToken);
            await CloseClientAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => _client.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _ending.Dispose();
            _client.Dispose();
            _writing.Dispose();
        }

        base.Dispose(disposing);
    }

    private Task<int> WaitAsync(CancellationToken cancellation) => _waiting ??= _client.ReadAsync(Memory<byte>.Empty, cancellation).AsTask();

    private async ValueTask<int> ReadClientAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        if (_waiting is { } waiting) await waiting;
        _waiting = null;
        return await _client.ReadAsync(buffer, cancellation);
    }

    private async Task TellClientAsync(CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            // Within a frame, the write that ends the frame tells.
            if (!_clientTold && _fromOwner.AtBoundary) await CloseClientAsync(cancellation);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task CloseClientAsync(CancellationToken cancellation)
    {
        _clientTold = true;
        await _client.WriteAsync(ToClient, cancellation);
        await _client.FlushAsync(cancellation);
    }
}
