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
    private readonly Stream client;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration ending;
    private readonly WebSocketFrames fromClient = new();
    private readonly WebSocketFrames fromOwner = new();
    private readonly SemaphoreSlim writing = new(1);
    private bool clientTold;
    private bool lastFrameRead;
    private bool ownerTold;
    // Under way still when the end has come first: a cancelled read would leave Kestrel's pipe unusable.
    private Task<int>? waiting;

    public DrainingSocket(Stream client, CancellationToken ending)
    {
        this.client = client;
        this.ending = ending.Register(() => ended.TrySetResult());
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
            if (!ended.Task.IsCompleted) await Task.WhenAny(WaitAsync(cancellationToken), ended.Task);
            return 0;
        }

        if (!ended.Task.IsCompleted)
        {
            var read = await ReadClientAsync(buffer, cancellationToken);
            fromClient.Take(buffer.Span[..read]);
            return read;
        }

        if (ownerTold) return 0;
        await TellClientAsync(cancellationToken);
        if (!lastFrameRead && !fromClient.AtBoundary)
        {
            var read = await ReadClientAsync(buffer, cancellationToken);
            var whole = fromClient.Take(buffer.Span[..read]);
            if (whole == 0) return read;
            // A frame that begins after this one is not begun at the owner.
            lastFrameRead = true;
            return whole;
        }

        ownerTold = true;
        ToOwner.CopyTo(buffer);
        return ToOwner.Length;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await writing.WaitAsync(cancellationToken);
        try
        {
            if (clientTold) return;
            var whole = fromOwner.Take(buffer.Span);
            if (!ended.Task.IsCompleted || whole == 0)
            {
                await client.WriteAsync(buffer, cancellationToken);
                return;
            }

            await client.WriteAsync(buffer[..whole], cancellationToken);
            await CloseClientAsync(cancellationToken);
        }
        finally
        {
            writing.Release();
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => client.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            ending.Dispose();
            client.Dispose();
            writing.Dispose();
        }

        base.Dispose(disposing);
    }

    private Task<int> WaitAsync(CancellationToken cancellation) => waiting ??= client.ReadAsync(Memory<byte>.Empty, cancellation).AsTask();

    private async ValueTask<int> ReadClientAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        if (this.waiting is { } waiting) await waiting;
        this.waiting = null;
        return await client.ReadAsync(buffer, cancellation);
    }

    private async Task TellClientAsync(CancellationToken cancellation)
    {
        await writing.WaitAsync(cancellation);
        try
        {
            // Within a frame, the write that ends the frame tells.
            if (!clientTold && fromOwner.AtBoundary) await CloseClientAsync(cancellation);
        }
        finally
        {
            writing.Release();
        }
    }

    private async Task CloseClientAsync(CancellationToken cancellation)
    {
        clientTold = true;
        await client.WriteAsync(ToClient, cancellation);
        await client.FlushAsync(cancellation);
    }
}
