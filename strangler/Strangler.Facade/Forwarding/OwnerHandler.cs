namespace Strangler.Facade;

/// <summary>
/// What goes to one owner. Bodies go on as they come. Each HEAD has a connection of its own: some origins answer HEAD with a body; on a shared
/// connection those bytes, when they come late, would be taken for the answer to the next request, which is another user's.
/// </summary>
internal sealed class OwnerHandler(SocketsHttpHandler pooled, SocketsHttpHandler single) : HttpMessageHandler
{
    private readonly HttpMessageInvoker pooled = new(pooled);
    private readonly HttpMessageInvoker single = new(single);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { } body) request.Content = new PromptContent(body);
        return (request.Method == HttpMethod.Head ? single : pooled).SendAsync(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            pooled.Dispose();
            single.Dispose();
        }

        base.Dispose(disposing);
    }
}
