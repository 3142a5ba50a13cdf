using System.Collections.Concurrent;
using Strangler.Faults.Subject;
using Strangler.Messaging;

namespace Strangler.Faults.Plants;

/// <summary>See <see cref="PlantKind.EarlyAcknowledgement"/>.</summary>
internal sealed class EarlyPublisher(IMessagePublisher publisher) : IMessagePublisher
{
    public string? BlockedReason => publisher.BlockedReason;

    public async Task<Task> PublishAsync(IReadOnlyList<Envelope> messages, CancellationToken cancellation)
    {
        _ = await publisher.PublishAsync(messages, cancellation);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => publisher.DisposeAsync();
}

/// <summary>See <see cref="PlantKind.LostConfirm"/>: when the connection is lost it opens another and goes on with the next message.</summary>
internal sealed class TrustingPublisher(IMedium medium, IMessagePublisher first) : IMessagePublisher
{
    private IMessagePublisher publisher = first;

    public string? BlockedReason => publisher.BlockedReason;

    public async Task<Task> PublishAsync(IReadOnlyList<Envelope> messages, CancellationToken cancellation)
    {
        try
        {
            return TrustAsync(await publisher.PublishAsync(messages, cancellation));
        }
        catch (PublishFailedException)
        {
            await publisher.DisposeAsync();
            publisher = await medium.OpenPublisherAsync(cancellation);
            return TrustAsync(await publisher.PublishAsync(messages, cancellation));
        }
    }

    public ValueTask DisposeAsync() => publisher.DisposeAsync();

    private static async Task TrustAsync(Task safe)
    {
        try
        {
            await safe;
        }
        catch (PublishFailedException)
        {
            // The planted fault: it was probably sent.
        }
    }
}

/// <summary>See <see cref="PlantKind.ReorderedRetry"/>: one message in ten is refused, and sent again when the next one of its key has been sent.</summary>
internal sealed class ReorderingPublisher(IMessagePublisher publisher) : IMessagePublisher
{
    private const double Share = 0.1;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> refused = new(StringComparer.Ordinal);

    public string? BlockedReason => publisher.BlockedReason;

    public async Task<Task> PublishAsync(IReadOnlyList<Envelope> messages, CancellationToken cancellation)
    {
        var (taken, retries, successors) = (new List<Envelope>(), new List<Task>(), new List<TaskCompletionSource>());
        foreach (var message in messages)
        {
            var retry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (refused.TryRemove(message.Key, out var earlier)) successors.Add(earlier);
            else if (Random.Shared.NextDouble() < Share && refused.TryAdd(message.Key, retry))
            {
                retries.Add(SendAgainAsync(message, retry.Task));
                continue;
            }

            taken.Add(message);
        }

        var safe = taken.Count == 0 ? Task.CompletedTask : await publisher.PublishAsync(taken, cancellation);
        successors.ForEach(successor => successor.SetResult());
        return Task.WhenAll([safe, .. retries]);
    }

    public ValueTask DisposeAsync() => publisher.DisposeAsync();

    private async Task SendAgainAsync(Envelope message, Task successorIsSent)
    {
        if (await Task.WhenAny(successorIsSent, Task.Delay(Longest)) != successorIsSent) refused.TryRemove(message.Key, out _);
        await await publisher.PublishAsync([message], CancellationToken.None);
    }
}

/// <summary>See <see cref="PlantKind.LostDelete"/>: one in five.</summary>
internal sealed class ForgetfulPublisher(IMessagePublisher publisher) : IMessagePublisher
{
    private const double Share = 0.2;

    public string? BlockedReason => publisher.BlockedReason;

    public async Task<Task> PublishAsync(IReadOnlyList<Envelope> messages, CancellationToken cancellation)
    {
        var remembered = messages.Where(message => message.Type != RowDeleted.Type || Random.Shared.NextDouble() >= Share).ToList();
        return remembered.Count == 0 ? Task.CompletedTask : await publisher.PublishAsync(remembered, cancellation);
    }

    public ValueTask DisposeAsync() => publisher.DisposeAsync();
}
