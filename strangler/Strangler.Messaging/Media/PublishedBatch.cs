namespace Strangler.Messaging;

/// <summary>The messages of one call of publish: safe when all of them are.</summary>
internal sealed class PublishedBatch(int messages)
{
    private readonly TaskCompletionSource safe = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int unsafeMessages = messages;

    public Task Safe => safe.Task;

    public void OneIsSafe()
    {
        if (Interlocked.Decrement(ref unsafeMessages) == 0) safe.TrySetResult();
    }

    public void Fail(Exception cause) => safe.TrySetException(cause);
}
