using System.Text;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>Subscribes to everything, keeps what came in the order of arrival, and holds the state that a guarded store would end with.</summary>
public sealed class TestConsumer : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly List<Envelope> received = [];
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> loops = [];

    private TestConsumer()
    {
    }

    public IReadOnlyList<Envelope> Received
    {
        get
        {
            lock (gate) return [.. received];
        }
    }

    /// <summary>What a store with inbox and version guard would hold: the last body of each key, by the highest version, as <c>type body</c>.</summary>
    public IReadOnlyDictionary<string, string> State => Received
        .Where(static message => !message.Type.EndsWith(".v2", StringComparison.Ordinal))
        .GroupBy(static message => message.Key)
        .ToDictionary(static key => key.Key, static key => Text(key.MaxBy(static message => message.Version)!));

    public static async Task<TestConsumer> StartAsync(IMedium medium, string name = "tester")
    {
        var consumer = new TestConsumer();
        string[] types = ["test.person.stated.v1", "test.person.stated.v2", "test.person.gone.v1", "test.contract.moved.v1"];
        for (var partition = 0; partition < medium.Partitions; partition++)
        {
            var receiver = await medium.OpenReceiverAsync(new(name, types), partition, CancellationToken.None);
            consumer.loops.Add(consumer.ReceiveAsync(receiver));
        }

        return consumer;
    }

    public static string Text(Envelope message) => $"{message.Type} {Encoding.UTF8.GetString(message.Data.Span)}";

    public async Task<IReadOnlyList<Envelope>> UntilAsync(int messages)
    {
        await Wait.UntilAsync(() => Received.Count >= messages, $"{messages} messages came; there are {Received.Count}");
        return Received;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task ReceiveAsync(IMessageReceiver receiver)
    {
        await using (receiver)
        {
            while (!stop.IsCancellationRequested)
            {
                var messages = await receiver.ReceiveAsync(100, stop.Token);
                lock (gate) received.AddRange(messages);
                await receiver.AcknowledgeAsync(stop.Token);
            }
        }
    }
}
