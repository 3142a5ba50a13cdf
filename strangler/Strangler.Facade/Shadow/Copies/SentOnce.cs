namespace Strangler.Facade;

/// <summary>
/// Keeps .NET's connection pool from sending a copy twice. The pool sends a request again, by itself and whatever its method, when the
/// connection that it had kept closes before a byte of the answer; the service may have done its work by then.
/// </summary>
internal sealed class SentOnce
{
    private static readonly AsyncLocal<SentOnce?> Current = new();
    private Stream? connection;

    /// <summary>From here on, in this flow of control, one request is sent, on one connection.</summary>
    public static void Begin() => Current.Value = new SentOnce();

    /// <summary>Makes a connection refuse a request that another connection has begun to send.</summary>
    public static ValueTask<Stream> GuardAsync(SocketsHttpPlaintextStreamFilterContext connection, CancellationToken cancellation) =>
        ValueTask.FromResult<Stream>(new GuardedStream(connection.PlaintextStream));

    private static void MayWrite(Stream connection)
    {
        if (Current.Value is not { } request) return;
        request.connection ??= connection;
        if (request.connection != connection) throw new IOException("The connection closed after the request was sent; it is not sent again.");
    }

    private sealed class GuardedStream(Stream inner) : PassingStream(inner)
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            MayWrite(this);
            base.Write(buffer);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            MayWrite(this);
            return base.WriteAsync(buffer, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) Inner.Dispose();
            base.Dispose(disposing);
        }

        public override async ValueTask DisposeAsync()
        {
            await Inner.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
