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

/// <summary>See <see cref="PlantKind.LostConfirm"/>.</summary>
internal sealed class TrustingPublisher(IMessagePublisher publisher) : IMessagePublisher
{
    public string? BlockedReason => publisher.BlockedReason;

    public async Task<Task> PublishAsync(IReadOnlyList<Envelope> messages, CancellationToken cancellation) =>
        TrustAsync(await publisher.PublishAsync(messages, cancellation));

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

/// <summary>See <see cref="PlantKind.ReorderedRetry"/>: one message in fifty is held back until the batch after its own has been sent.</summary>
internal sealed class ReorderingPublisher(IMessagePublisher publisher) : IMessagePublisher
{
    private const double Share = 0.02;

    private (Envelope Message, TaskCompletionSource<Task> Sent)? held;

    public string? BlockedReason => publisher.BlockedReason;

    public async Task<Task> PublishAsync(IReadOnlyList<Envelope> messages, CancellationToken cancellation)
    {
        var late = held;
        held = null;
        var first = messages.ToList();
        Task own = Task.CompletedTask;
        if (late is null && first.Count > 1 && Random.Shared.NextDouble() < Share * first.Count)
        {
            var at = Random.Shared.Next(first.Count);
            held = (first[at], new(TaskCreationOptions.RunContinuationsAsynchronously));
            own = held.Value.Sent.Task.Unwrap();
            first.RemoveAt(at);
        }

        var safe = await publisher.PublishAsync(first, cancellation);
        if (late is var (message, sent)) sent.SetResult(await publisher.PublishAsync([message], cancellation));
        return Task.WhenAll(safe, own);
    }

    public ValueTask DisposeAsync() => publisher.DisposeAsync();
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
