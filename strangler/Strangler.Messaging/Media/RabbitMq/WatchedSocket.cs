using System.Net.Sockets;
using RabbitMQ.Client;

namespace Strangler.Messaging;

/// <summary>
/// A socket that knows when bytes last came in. A silent peer is found by it, before RabbitMQ.Client 7.1 finds it: the client looks in an
/// <c>async void</c> timer, where its own closing races with itself and may throw <see cref="System.Threading.Channels.ChannelClosedException"/>,
/// which ends the process.
/// </summary>
internal sealed class WatchedSocket(AddressFamily family, TimeProvider clock) : TcpClientAdapter(
    new(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = BufferBytes, SendBufferSize = BufferBytes })
{
    private const int BufferBytes = 65_536;

    private long lastReceived = clock.GetTimestamp();

    /// <summary>For how long nothing has come in.</summary>
    public TimeSpan Silence => clock.GetElapsedTime(Volatile.Read(ref lastReceived));

    public override NetworkStream GetStream() => new WatchedStream(Client, () => Volatile.Write(ref lastReceived, clock.GetTimestamp()));

    private sealed class WatchedStream(Socket socket, Action received) : NetworkStream(socket)
    {
        // The one that PipeReader and SslStream call.
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            received();
            return read;
        }
    }
}
