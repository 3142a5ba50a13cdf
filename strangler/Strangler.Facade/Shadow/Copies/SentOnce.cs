namespace Strangler.Facade;

/// <summary>
/// Keeps .NET's connection pool from sending a copy twice. The pool sends a request again, by itself and whatever its method, when the
/// connection that it had kept closes before a byte of the answer; the service may have done its work by then.
/// </summary>
internal sealed class SentOnce
{
    private static readonly AsyncLocal<SentOnce?> Current = new();
    private Stream? _connection;

    /// <summary>From here on, in this flow of control, one request is sent, on one connection.</summary>
    public static void Begin() => Current.Value = new SentOnce();

    /// <summary>Makes a connection refuse a request that another connection has begun to send.</summary>
    public static ValueTask<Stream> GuardAsync(SocketsHttpPlaintextStreamFilterContext connection, CancellationToken cancellation) =>
        ValueTask.FromResult<Stream>(new GuardedStream(connection.PlaintextStream));

    private static void MayWrite(Stream connection)
    {
        if (Current.Value is not { } request) return;
        request._connection ??= connection;
        if (request._connection != connection) throw new IOException("The connection closed after the request was sent; it is not sent again.");
    }

    private sealed class GuardedStream(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override int Read(Span<byte> buffer) => inner.Read(buffer);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            MayWrite(this);
            inner.Write(buffer);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            MayWrite(this);
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
