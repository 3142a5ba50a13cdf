using System.Text;

namespace Strangler.Messaging.Tests;

/// <summary>Messages to send.</summary>
internal static class Sample
{
    public const string Counted = "sample.counter.counted.v1";

    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>The message that sets counter <paramref name="key"/> to <paramref name="position"/>.</summary>
    public static Envelope Message(string key, ulong position, string type = Counted, uint ordinal = 0) => new(
        Id: $"sample/{type}/{key}/{position}.{ordinal}",
        Source: "urn:sample:legacy",
        Type: type,
        Key: key,
        Version: new(position, ordinal),
        Time: new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero).AddTicks((long)position),
        Data: Encoding.UTF8.GetBytes($$"""{"value":{{position}},"note":"ação"}"""));

    public static Envelope[] Messages(string key, int count, ulong from = 1) =>
        [.. Enumerable.Range(0, count).Select(index => Message(key, from + (ulong)index))];

    /// <summary>The messages of one transaction that sets counters to its position, as the layer marks them: the last one says how many of each type there are.</summary>
    public static Envelope[] Transaction(ulong position, params string[] keys) => Marked([.. keys.Select((key, ordinal) => Message(key, position, ordinal: (uint)ordinal))]);

    /// <summary>Marks messages as those of one transaction; the last of each type says how many of each there are.</summary>
    public static Envelope[] Marked(params Envelope[] messages)
    {
        var transaction = new MessageTransaction(messages[0].Version.Position.ToString("x16", System.Globalization.CultureInfo.InvariantCulture));
        var counted = transaction.With(messages.CountBy(static message => message.Type));
        return [.. messages.Select((message, index) => message with { Transaction = messages[(index + 1)..].All(later => later.Type != message.Type) ? counted : transaction })];
    }

    /// <summary>Receives until <paramref name="count"/> messages are there, without acknowledging.</summary>
    public static async Task<List<Envelope>> ReceiveAsync(this IMessageReceiver receiver, int count)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var received = new List<Envelope>();
        while (received.Count < count) received.AddRange(await receiver.ReceiveAsync(count - received.Count, deadline.Token));
        return received;
    }

    /// <summary>Publishes and waits until all is safe.</summary>
    public static async Task PublishSafelyAsync(this IMessagePublisher publisher, params Envelope[] messages)
    {
        var safe = await publisher.PublishAsync(messages, CancellationToken.None).WaitAsync(Deadline);
        await safe.WaitAsync(Deadline);
    }

    public static void AssertSame(Envelope expected, Envelope actual)
    {
        Assert.Equal(expected with { Data = default, Warnings = [] }, actual with { Data = default, Warnings = [] });
        Assert.Equal(expected.Data.ToArray(), actual.Data.ToArray());
        Assert.Equal(expected.Warnings, actual.Warnings);
    }

    public static void AssertSame(IEnumerable<Envelope> expected, IEnumerable<Envelope> actual) =>
        Assert.Collection(actual, [.. expected.Select(message => (Action<Envelope>)(received => AssertSame(message, received)))]);
}
