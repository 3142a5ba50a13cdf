namespace Strangler.Messaging;

/// <summary>Waits that may give up on a task of RabbitMQ.Client; what becomes of it later is nobody's unobserved error.</summary>
internal static class Abandoning
{
    public static Task<TResult> WaitOrAbandonAsync<TResult>(this Task<TResult> task, TimeSpan patience, CancellationToken cancellation)
    {
        Observe(task);
        return task.WaitAsync(patience, cancellation);
    }

    public static Task WaitOrAbandonAsync(this Task task, TimeSpan patience, CancellationToken cancellation)
    {
        Observe(task);
        return task.WaitAsync(patience, cancellation);
    }

    private static void Observe(Task task) => _ = task.ContinueWith(
        faulted => faulted.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
