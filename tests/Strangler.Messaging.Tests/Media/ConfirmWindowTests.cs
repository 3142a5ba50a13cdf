namespace Strangler.Messaging.Tests;

public sealed class ConfirmWindowTests
{
    private readonly ConfirmWindow window = new(capacity: 4);

    [Fact]
    public void Confirms_in_any_order_make_their_own_batch_safe()
    {
        var (first, second) = (Add(1, 2), Add(3, 4));

        Assert.Equal(1, window.Confirm(3, multiple: false));
        Assert.Equal(1, window.Confirm(4, multiple: false));
        Assert.True(second.IsCompletedSuccessfully);
        Assert.False(first.IsCompleted);
        Assert.Equal(2, window.Confirm(2, multiple: true));
        Assert.True(first.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task The_window_is_full_while_the_oldest_is_unconfirmed_whatever_else_is()
    {
        _ = Add(1, 2, 3, 4);
        window.Confirm(2, multiple: false);
        window.Confirm(4, multiple: false);
        var batch = new PublishedBatch(1);

        var space = window.TryAdd("5", batch, 0);
        Assert.NotNull(space);
        Assert.False(space.IsCompleted);
        window.Confirm(1, multiple: false);
        await space.WaitAsync(Sample.Deadline);

        Assert.Null(window.TryAdd("5", batch, 0));
        Assert.Null(window.TryAdd("6", batch, 0));
        Assert.NotNull(window.TryAdd("7", batch, 0));
    }

    [Fact]
    public void A_confirm_counts_once_and_only_what_was_sent()
    {
        _ = Add(1, 2);

        Assert.Equal(1, window.Confirm(1, multiple: false));
        Assert.Equal(0, window.Confirm(1, multiple: false));
        Assert.Equal(1, window.Confirm(2, multiple: true));
        Assert.Equal(0, window.Confirm(2, multiple: true));
        Assert.Equal(0, window.Confirm(9, multiple: true));
        Assert.Null(window.Oldest);
    }

    [Fact]
    public async Task A_failure_reaches_every_unconfirmed_batch_and_every_later_one_and_the_one_that_caused_it_gets_its_own()
    {
        var confirmed = Add(1);
        var (culprit, other) = (Add(2), Add(3));
        window.Confirm(1, multiple: false);

        window.Fail(new PublishFailedException("others"), "2", new UnroutableMessageException("2", "0.type"));
        var late = Add(4);

        await confirmed;
        await Assert.ThrowsAsync<UnroutableMessageException>(() => culprit);
        Assert.Equal("others", (await Assert.ThrowsAsync<PublishFailedException>(() => other)).Message);
        Assert.Equal("others", (await Assert.ThrowsAsync<PublishFailedException>(() => late)).Message);
    }

    [Fact]
    public void Any_mix_of_single_and_multiple_confirms_confirms_each_message_once()
    {
        var random = new Random(42);
        for (var round = 0; round < 500; round++)
        {
            var ring = new ConfirmWindow(16);
            var batches = new List<PublishedBatch>();
            var (sent, total) = (0UL, 0);
            while (sent < 60)
            {
                var batch = new PublishedBatch(1);
                if (ring.TryAdd($"{sent + 1}", batch, 0) is null)
                {
                    batches.Add(batch);
                    sent++;
                }

                if (random.Next(3) == 0) total += ring.Confirm((ulong)random.Next(1, (int)sent + 1), random.Next(4) == 0);
            }

            total += ring.Confirm(sent, multiple: true);
            Assert.Equal(60, total);
            Assert.All(batches, batch => Assert.True(batch.Safe.IsCompletedSuccessfully));
            Assert.Null(ring.Oldest);
        }
    }

    private Task Add(params int[] messages)
    {
        var batch = new PublishedBatch(messages.Length);
        foreach (var message in messages) Assert.Null(window.TryAdd($"{message}", batch, message));
        return batch.Safe;
    }
}
