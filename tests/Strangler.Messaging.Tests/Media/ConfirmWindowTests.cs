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

        var space = TryAdd(window, 5);
        Assert.NotNull(space);
        Assert.False(space.IsCompleted);
        window.Confirm(1, multiple: false);
        await space.WaitAsync(Sample.Deadline);

        Assert.Null(TryAdd(window, 5));
        Assert.Null(TryAdd(window, 6));
        Assert.NotNull(TryAdd(window, 7));
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

        window.Fail(new PublishFailedException("others"), Sample.Message("counter/2", 2).Id, new UnroutableMessageException("2", "0.type"));
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
                if (ring.TryAdd(new(Sample.Message($"counter/{sent + 1}", sent + 1), batch), 0, out _) is null)
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

    [Fact]
    public void A_message_waits_until_the_one_before_it_of_its_key_is_confirmed_and_others_pass()
    {
        Assert.True(MayGo("a", 1));
        Assert.False(MayGo("a", 2));
        Assert.False(MayGo("a", 3));
        Assert.True(MayGo("b", 4));

        Assert.Equal(1, window.Confirm(2, multiple: false));
        Assert.False(window.HasReleased);
        Assert.Equal(1, window.Confirm(1, multiple: false));
        Assert.Equal([2UL], Released());
        Assert.Equal(1, window.Confirm(3, multiple: false));
        Assert.Equal([3UL], Released());
        Assert.Equal(1, window.Confirm(4, multiple: false));

        Assert.True(MayGo("a", 5));
    }

    [Fact]
    public void Messages_of_one_change_go_together_and_the_next_change_waits_for_all_of_them()
    {
        Assert.True(MayGo("a", 1, "one"));
        Assert.True(MayGo("a", 1, "other"));
        Assert.False(MayGo("a", 2, "one"));
        Assert.False(MayGo("a", 2, "other"));

        window.Confirm(2, multiple: false);
        Assert.Empty(Released());
        window.Confirm(1, multiple: false);
        Assert.Equal([2UL, 2UL], Released());
    }

    [Fact]
    public async Task Those_that_wait_take_room_and_fail_with_the_others()
    {
        Assert.True(MayGo("a", 1));
        var waiting = Enumerable.Range(2, 3).Select(position => new PublishedBatch(1)).ToList();
        foreach (var batch in waiting) Assert.Null(window.TryAdd(new(Sample.Message("a", 2), batch), 0, out _));
        var change = TryAdd(window, 9);
        Assert.NotNull(change);

        window.Confirm(1, multiple: false);
        await change.WaitAsync(Sample.Deadline);
        window.Fail(new PublishFailedException("lost"));

        Assert.Empty(Released());
        Assert.All(waiting, batch => Assert.IsType<PublishFailedException>(batch.Safe.Exception?.InnerException));
    }

    private static Task? TryAdd(ConfirmWindow window, int message) =>
        window.TryAdd(new(Sample.Message($"counter/{message}", (ulong)message), new(1)), 0, out _);

    private bool MayGo(string key, ulong position, string type = Sample.Counted)
    {
        Assert.Null(window.TryAdd(new(Sample.Message(key, position, type), new(1)), 0, out var mayGo));
        return mayGo;
    }

    private List<ulong> Released()
    {
        var released = new List<ulong>();
        while (window.TryTakeReleased(0, out var message)) released.Add(message.Message.Version.Position);
        return released;
    }

    private Task Add(params int[] messages)
    {
        var batch = new PublishedBatch(messages.Length);
        foreach (var message in messages) Assert.Null(window.TryAdd(new(Sample.Message($"counter/{message}", (ulong)message), batch), message, out _));
        return batch.Safe;
    }
}
