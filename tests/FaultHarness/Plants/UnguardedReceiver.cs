using Strangler.Messaging;

namespace Strangler.Faults.Plants;

/// <summary>See <see cref="PlantKind.NoDuplicateGuard"/>: every delivery looks like a new and newer message, so inbox and version guard pass it.</summary>
internal sealed class UnguardedReceiver(IMessageReceiver receiver) : IMessageReceiver
{
    // Beyond every position of a log, and higher at every delivery, also in the next process.
    private static long last = TimeProvider.System.GetUtcNow().UtcTicks;

    public async Task<IReadOnlyList<Envelope>> ReceiveAsync(int limit, CancellationToken cancellation) =>
        [.. (await receiver.ReceiveAsync(limit, cancellation)).Select(static message => message with
        {
            Id = Guid.NewGuid().ToString("N"),
            Version = new((ulong)Interlocked.Increment(ref last), 0),
        })];

    public Task AcknowledgeAsync(CancellationToken cancellation) => receiver.AcknowledgeAsync(cancellation);

    public ValueTask DisposeAsync() => receiver.DisposeAsync();
}
