namespace Strangler.Messaging.Tests;

/// <summary>Does what the anti-corruption layer does: publishes in order, and after a failure again from the first message that is not confirmed, with another publisher.</summary>
internal sealed class ResendingPublisher(IMedium medium, Envelope[] messages, int batch = 20)
{
    /// <summary>The layer's pauses begin longer.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private int confirmed;
    private int failures;

    /// <summary>Messages that are safe, all that come before the next one.</summary>
    public int Confirmed => Volatile.Read(ref confirmed);

    public int Failures => Volatile.Read(ref failures);

    public async Task RunAsync()
    {
        while (confirmed < messages.Length)
        {
            await using var publisher = await medium.OpenPublisherPatientlyAsync(
                TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1), null, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2));
            try
            {
                await PublishAsync(publisher);
            }
            catch (PublishFailedException)
            {
                // Some of what follows may have arrived. It is sent again.
                Interlocked.Increment(ref failures);
                await Task.Delay(Pause);
            }
        }
    }

    private async Task PublishAsync(IMessagePublisher publisher)
    {
        var sent = new Queue<Task>();
        for (var next = confirmed; next < messages.Length; next += batch)
        {
            sent.Enqueue(await publisher.PublishAsync(messages[next..Math.Min(next + batch, messages.Length)], CancellationToken.None).WaitAsync(Sample.Deadline));
            while (sent.Count > 40) await OneIsSafeAsync();
        }

        while (sent.Count > 0) await OneIsSafeAsync();

        async Task OneIsSafeAsync()
        {
            await sent.Dequeue().WaitAsync(Sample.Deadline);
            Volatile.Write(ref confirmed, Math.Min(confirmed + batch, messages.Length));
        }
    }
}
