using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Strangler.Messaging;

/// <summary>
/// A medium whose publishers go on while it cannot be reached: what they send is kept in a local journal, and is safe there. When the medium is back, the journal is sent,
/// in order, before anything else. A crash sends what was not yet confirmed again, which consumers recognise. Thread-safe.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Disposed asynchronously.")]
internal sealed partial class JournaledMedium(IMedium inner, JournalOptions options, ConsumerOptions pauses, TimeProvider clock, ILogger logger) : IMedium, IMessageHistory, IAsyncDisposable
{
    private const int AtOnce = 500;

    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim turn = new(1);
    private MessageJournal? journal;
    private Task draining = Task.CompletedTask;
    private volatile string? keeps;
    private long? awaySince;

    /// <summary>Why publishers write to the journal; null while they do not.</summary>
    public string? Keeps => keeps;

    public int Partitions => inner.Partitions;

    public IMedium? Former => inner.Former;

    public string Name => inner.Name;

    public TimeSpan? Kept => (inner as IMessageHistory)?.Kept;

    public Task<IMessageReceiver> OpenReceiverAsync(Subscription subscription, int partition, CancellationToken cancellation) => inner.OpenReceiverAsync(subscription, partition, cancellation);

    public IAsyncEnumerable<IReadOnlyList<Envelope>> ReadAsync(int partition, DateTimeOffset? from, CancellationToken cancellation) => ((IMessageHistory)inner).ReadAsync(partition, from, cancellation);

    /// <summary>A publisher of the medium; after it has been out of reach for <see cref="JournalOptions.After"/>, or while the journal holds anything, one of the journal.</summary>
    public async Task<IMessagePublisher> OpenPublisherAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            journal ??= MessageJournal.Open(options.Folder!);
            if (keeps is null && !journal.IsEmpty) Keep("messages of an earlier run wait in it");
        }
        finally
        {
            turn.Release();
        }

        if (keeps is null && await OpenInnerAsync(cancellation) is { } publisher) return publisher;
        return new JournalPublisher(this);
    }

    /// <returns>Null when the medium has been out of reach for too long, counted from the first failure, whoever asked.</returns>
    private async Task<IMessagePublisher?> OpenInnerAsync(CancellationToken cancellation)
    {
        awaySince ??= clock.GetTimestamp();
        var left = options.After - clock.GetElapsedTime(awaySince.Value);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        try
        {
            var publisher = await inner.OpenPublisherPatientlyAsync(pauses.RetryDelay, pauses.MaxRetryDelay, null, limit.Token);
            awaySince = null;
            return publisher;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await turn.WaitAsync(cancellation);
            if (keeps is null) Keep($"the broker has been out of reach for {options.After}");
            turn.Release();
            return null;
        }
    }

    /// <summary>Keeps messages.</summary>
    /// <returns>False when the medium is back and the journal sent: they belong there.</returns>
    /// <exception cref="PublishFailedException">The journal is full, or cannot be read any more.</exception>
    public async Task<bool> TryKeepAsync(IReadOnlyList<Envelope> messages, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            if (keeps is null) return false;
            if (draining.Exception is { } broken) throw new PublishFailedException($"The journal cannot be sent: {broken.InnerException!.Message}", broken.InnerException);
            if (journal!.End >= options.MaxBytes) throw new PublishFailedException($"The journal is full ({journal.End} bytes; Messaging:Journal:MaxBytes allows {options.MaxBytes}); publishing waits until the broker is back.");
            journal.Append(messages);
            return true;
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await draining.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        journal?.Dispose();
        stopping.Dispose();
    }

    private void Keep(string why)
    {
        keeps = why;
        LogKeeps(why);
        draining = Task.Run(() => DrainAsync(stopping.Token));
    }

    /// <summary>Sends the journal as soon as the medium takes it; ends when it is empty. Fails only with the journal's disk, which the next publisher is told.</summary>
    private async Task DrainAsync(CancellationToken cancellation)
    {
        var sent = MessageJournal.Start;
        while (keeps is not null)
        {
            try
            {
                await using var publisher = await inner.OpenPublisherPatientlyAsync(pauses.RetryDelay, pauses.MaxRetryDelay, null, cancellation);
                while (keeps is not null) sent = await SendAsync(publisher, sent, cancellation);
            }
            catch (PublishFailedException failure)
            {
                LogNotSent(failure.Message);
                await Task.Delay(pauses.RetryDelay, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<long> SendAsync(IMessagePublisher publisher, long from, CancellationToken cancellation)
    {
        IReadOnlyList<Envelope> messages;
        long next;
        await turn.WaitAsync(cancellation);
        try
        {
            (messages, next) = journal!.Read(from, AtOnce);
            if (messages.Count == 0)
            {
                journal.Clear();
                (keeps, awaySince) = (null, null);
                LogSent();
                return MessageJournal.Start;
            }
        }
        finally
        {
            turn.Release();
        }

        await (await publisher.PublishAsync(messages, cancellation)).WaitAsync(cancellation);
        return next;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Messages are kept in the journal: {Reason}")]
    private partial void LogKeeps(string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "The journal is not sent yet: {Reason}")]
    private partial void LogNotSent(string reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "The journal is sent; messages go to the broker again")]
    private partial void LogSent();
}

/// <summary>Publishes into the journal. Once that is sent, it fails like a publisher that has lost its connection: the next one is the broker's.</summary>
internal sealed class JournalPublisher(JournaledMedium medium) : IMessagePublisher
{
    public string? BlockedReason => medium.Keeps is { } why ? $"messages are kept in the journal: {why}" : null;

    public async Task<Task> PublishAsync(IReadOnlyList<Envelope> messages, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentOutOfRangeException.ThrowIfZero(messages.Count);
        return await medium.TryKeepAsync(messages, cancellation)
            ? Task.CompletedTask
            : throw new PublishFailedException("The broker is back and the journal is sent. Open another publisher and resend.");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
