namespace Strangler.Messaging;

/// <summary>
/// The messages of a batch that wait to be handled together, type by type. Messages of one key never wait in two groups: whoever adds one hands
/// over the group that holds its key first. So each key keeps its order, whatever the types of its messages.
/// </summary>
internal sealed class HandledTogether
{
    private readonly Dictionary<string, Group> groupOfKey = new(StringComparer.Ordinal);

    /// <summary>In the order of their first messages.</summary>
    public List<Group> Groups { get; } = [];

    /// <summary>The group that a message of the key must not overtake; null when there is none.</summary>
    /// <param name="key">The key.</param>
    /// <param name="route">The message's own; a group of it may be joined.</param>
    public Group? Before(string key, MessageRoute route) => groupOfKey.TryGetValue(key, out var group) && group.Route != route ? group : null;

    public void Add(MessageRoute route, ReadMessage message)
    {
        var group = Groups.Find(group => group.Route == route);
        if (group is null) Groups.Add(group = new(route));
        group.Messages.Add(message);
        groupOfKey[message.Envelope.Key] = group;
    }

    public void Remove(Group group)
    {
        Groups.Remove(group);
        foreach (var message in group.Messages) groupOfKey.Remove(message.Envelope.Key);
    }

    internal sealed class Group(MessageRoute route)
    {
        public MessageRoute Route { get; } = route;

        public List<ReadMessage> Messages { get; } = [];
    }
}
