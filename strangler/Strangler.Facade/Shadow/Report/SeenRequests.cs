namespace Strangler.Facade;

/// <summary>
/// Requests behind the kept samples, by the sample's id, so that one can be sent again. Their targets may hold personal data: they stay in
/// memory, are shown to nobody, and the oldest go first. No header and no body is kept.
/// </summary>
internal sealed class SeenRequests
{
    private const int Most = 1_000;
    private readonly Lock sync = new();
    private readonly Dictionary<string, SeenRequest> byId = [];
    private readonly Queue<string> order = new();

    /// <summary>Keeps a request.</summary>
    /// <returns>Its id.</returns>
    public string Keep(SeenRequest request)
    {
        var id = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4));
        lock (sync)
        {
            if (byId.TryAdd(id, request)) order.Enqueue(id);
            if (order.Count > Most) byId.Remove(order.Dequeue());
        }

        return id;
    }

    public SeenRequest? Find(string id)
    {
        lock (sync) return byId.GetValueOrDefault(id);
    }
}

/// <summary>What is needed to ask the same again: the method, the target as sent, the Host.</summary>
internal sealed record SeenRequest(string Method, string Target, string Host)
{
    // The target may hold personal data.
    public override string ToString() => Method;
}
