namespace Strangler.Messaging;

/// <summary>
/// Hands messages over in order, those whose handler takes many together, type by type. Messages of one key never wait in two groups: whoever adds one hands
/// over the group that holds its key first. So each key keeps its order, whatever the types of its messages.
/// </summary>
internal sealed class HandledTogether(MessageHandlers handlers, ConsumerTransaction transaction, int storeAttempt)
{
    private readonly Dictionary<string, Group> groupOfKey = new(StringComparer.Ordinal);
    private readonly List<Group> groups = [];

    /// <summary>Hands the message over, now or with others of its type, and records it as applied.</summary>
    /// <returns>What failed, of this message or of earlier ones; null when nothing did.</returns>
    public async Task<Exception?> AddAsync(Envelope message, CancellationToken cancellation)
    {
        if (handlers.Read(message, out var body, out var unreadable) is not { } route) return unreadable;
        if (groupOfKey.TryGetValue(message.Key, out var earlier) && earlier.Route != route && await HandOverAsync(earlier, cancellation) is { } failure) return failure;
        transaction.Applied.Record(message);
        if (!route.TakesMany) return await handlers.HandleAsync(route, [new(message, body)], transaction, storeAttempt, cancellation);

        var group = groups.Find(group => group.Route == route);
        if (group is null) groups.Add(group = new(route, []));
        group.Messages.Add(new(message, body));
        groupOfKey[message.Key] = group;
        return null;
    }

    /// <summary>Hands over what is left, in the order of the groups' first messages.</summary>
    /// <returns>What failed; null when nothing did.</returns>
    public async Task<Exception?> FinishAsync(CancellationToken cancellation)
    {
        while (groups.Count > 0)
        {
            if (await HandOverAsync(groups[0], cancellation) is { } failure) return failure;
        }

        return null;
    }

    private Task<Exception?> HandOverAsync(Group group, CancellationToken cancellation)
    {
        groups.Remove(group);
        foreach (var message in group.Messages) groupOfKey.Remove(message.Envelope.Key);
        return handlers.HandleAsync(group.Route, group.Messages, transaction, storeAttempt, cancellation);
    }

    private sealed record Group(MessageRoute Route, List<ReadMessage> Messages);
}
