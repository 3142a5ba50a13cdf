using System.Net;
using System.Net.Sockets;

namespace Strangler.Cli.Tests;

internal static class Ports
{
    /// <summary>A loopback address where nobody listens.</summary>
    public static string FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://{listener.LocalEndpoint}";
    }
}
