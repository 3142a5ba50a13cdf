namespace Strangler.Facade;

/// <summary>
/// Sends each HEAD on a connection of its own. Some origins answer HEAD with a body; on a shared connection those bytes, when they come late, would
/// be taken for the answer to the next request, which is another user's.
/// </summary>
internal sealed class HeadApart(SocketsHttpHandler pooled, SocketsHttpHandler single) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _pooled = new(pooled);
    private readonly HttpMessageInvoker _single = new(single);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        (request.Method == HttpMethod.Head ? _single : _pooled).SendAsync(request, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _pooled.Dispose();
            _single.Dispose();
        }

        base.Dispose(disposing);
    }
}
