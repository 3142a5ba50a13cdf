using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Strangler.Facade;

/// <summary>One connection pool an address, kept over flips, so that flipping back finds warm connections.</summary>
internal sealed class OwnerClients(FacadeOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<string, HttpMessageInvoker> _clients = new();

    public HttpMessageInvoker Of(Owner owner) => _clients.GetOrAdd(owner.Address.Authority + owner.Address.Scheme, _ => Create());

    public void Dispose()
    {
        foreach (var client in _clients.Values) client.Dispose();
    }

    private HttpMessageInvoker Create() => new(
        new SocketsHttpHandler
        {
            // Whatever a client library would do for its user, the user's own client does.
            UseCookies = false,
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            // The client's trace headers pass as they are; none of ours replace them.
            ActivityHeadersPropagator = null,
            // Header bytes above 127 are no characters here: each stays the byte that it was.
            RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
            // In KB. Owners may send more than the 64 KB that a client library expects.
            MaxResponseHeadersLength = 128,
            ConnectTimeout = options.ConnectTimeout,
            // An owner that moved behind its name is found again.
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            // Most servers close idle connections after a minute or two; a connection that they may be closing is better not used.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(50),
        },
        disposeHandler: true);
}
