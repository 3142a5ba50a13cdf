using System.Net;
using System.Net.Sockets;

namespace Strangler.Cli.Tests;

internal static class Ports
{
    // Below the range that the system gives to outgoing connections: those of other tests would take the port before it is used.
    private const int First = 20_000;
    private const int Count = 12_000;
    private static int next = Random.Shared.Next(Count);

    /// <summary>A loopback address where nobody listens.</summary>
    public static string FreeUrl()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var place = new IPEndPoint(IPAddress.Loopback, First + (Interlocked.Increment(ref next) & int.MaxValue) % Count);
            using var listener = new TcpListener(place);
            try
            {
                listener.Start();
                return $"http://{place}";
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one.
            }
        }

        throw new InvalidOperationException("No port is free.");
    }
}
