using System.Globalization;
using RabbitMQ.Client;

namespace Strangler.Messaging;

/// <summary>The nodes of a broker, and which of them is tried next. All connections of a medium move on together when one of them loses its node. Thread-safe.</summary>
internal sealed class RabbitMqNodes
{
    private readonly AmqpTcpEndpoint[] nodes;
    private int current;

    public RabbitMqNodes(RabbitMqOptions options)
    {
        var first = new ConnectionFactory { Uri = new(options.Uri!) }.Endpoint;
        nodes = [first, .. options.Nodes.Select(node => NodeOf(node, first))];

        // Hosts that start together spread over the nodes.
        current = Random.Shared.Next(nodes.Length);
    }

    public int Count => nodes.Length;

    public AmqpTcpEndpoint Current => nodes[Volatile.Read(ref current)];

    /// <summary>The node does not answer, or was lost: the next one is tried, unless somebody has moved on already.</summary>
    public void MoveOn(AmqpTcpEndpoint from)
    {
        var at = Volatile.Read(ref current);
        if (ReferenceEquals(nodes[at], from)) Interlocked.CompareExchange(ref current, (at + 1) % nodes.Length, at);
    }

    /// <summary>True for <c>host</c> or <c>host:port</c>.</summary>
    public static bool IsNode(string text) => TryParse(text, out _, out _);

    private static AmqpTcpEndpoint NodeOf(string text, AmqpTcpEndpoint first)
    {
        _ = TryParse(text, out var host, out var port);
        var security = first.Ssl.Enabled ? new SslOption(host, enabled: true) { Version = first.Ssl.Version } : new SslOption();
        return new(host, port ?? first.Port, security);
    }

    private static bool TryParse(string text, out string host, out int? port)
    {
        var colon = text.LastIndexOf(':');
        (host, port) = (colon < 0 ? text : text[..colon], null);
        if (colon >= 0)
        {
            if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0) return false;
            port = number;
        }

        return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4;
    }
}
