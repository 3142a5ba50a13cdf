using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Strangler.Facade;

/// <summary>One connection pool an address, kept over flips, so that flipping back finds warm connections.</summary>
internal sealed class OwnerClients(FacadeOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<string, HttpMessageInvoker> clients = new();

    public HttpMessageInvoker Of(Uri address) => clients.GetOrAdd(address.GetLeftPart(UriPartial.Authority), _ => Create());

    public void Dispose()
    {
        foreach (var client in clients.Values) client.Dispose();
    }

    private HttpMessageInvoker Create() => new(
        // Most servers close idle connections after a minute or two; a connection that they may be closing is better not used.
        // An owner that moved behind its name is found again.
        new OwnerHandler(pooled: Handler(idle: TimeSpan.FromSeconds(50), lifetime: TimeSpan.FromMinutes(10)), single: Handler(idle: TimeSpan.Zero, lifetime: TimeSpan.Zero)),
        disposeHandler: true);

    private SocketsHttpHandler Handler(TimeSpan idle, TimeSpan lifetime) => new()
    {
        // Whatever a client library would do for its user, the user's own client does.
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        // The client's trace headers pass as they are; none of ours replace them.
        ActivityHeadersPropagator = null,
        RequestHeaderEncodingSelector = Attempts.Encoding,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        // In KB. Owners may send more than the 64 KB that a client library expects.
        MaxResponseHeadersLength = 128,
        ConnectTimeout = options.ConnectTimeout,
        PooledConnectionLifetime = lifetime,
        PooledConnectionIdleTimeout = idle,
    };
}
