using System.Net;

namespace Strangler.Facade;

/// <summary>Knows which peers may say on whose behalf they speak.</summary>
internal sealed class PeerTrust(FacadeOptions options)
{
    private readonly IPNetwork[] networks = [.. options.TrustedNetworks()];

    public bool Trusts(IPAddress? peer)
    {
        // No address: a Unix domain socket, so this machine.
        if (peer is null) return true;
        if (peer.IsIPv4MappedToIPv6) peer = peer.MapToIPv4();
        foreach (var network in networks)
        {
            if (network.Contains(peer)) return true;
        }

        return false;
    }
}
