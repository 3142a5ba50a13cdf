using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>Consumers as processes that die, come and go, over RabbitMQ and PostgreSQL.</summary>
public sealed class SeveralProcessesTests() : ProcessSuite("processes", whole: false)
{
    private const int SigKill = 128 + 9;

    [Fact]
    [Behaviour(2, 45)]
    public async Task A_process_that_dies_in_a_handler_again_and_again_harms_no_innocent_message()
    {
        var messages = Enumerable.Range(1, 50).SelectMany(position => Enumerable.Range(1, 8).Select(key => Sample.Message($"counter/{key}", (ulong)position))).ToArray();
        await using (var first = Start())
        {
            await using var publisher = await OpenPublisherAsync();
            await first.KillAsync();
            await publisher.PublishSafelyAsync(messages);
        }

        for (var crash = 0; crash < 6; crash++)
        {
            await using var crashing = Start(dieAt: "counter/1@20");
            await crashing.UntilItDiesAsync();
            Assert.Equal(SigKill, crashing.ExitCode);
        }

        Assert.DoesNotContain(await Counters.JournalAsync("counter/1"), version => string.CompareOrdinal(version, messages[19 * 8].Version.ToString()) >= 0);
        await using var healthy = Start();
        await AppliedAsync(messages.Length);

        foreach (var key in Enumerable.Range(1, 8)) Assert.Equal(VersionsOf(messages, key), await Counters.JournalAsync($"counter/{key}"));
        Assert.Equal(0, await Counters.ScalarAsync<long>("select count(*) from messaging_parked_keys"));
    }

    [Fact]
    [Behaviour(2)]
    public async Task Processes_that_come_go_and_are_killed_under_load_lose_double_and_reorder_nothing()
    {
        const int Keys = 40, Rounds = 500, Batch = 100;
        var messages = Enumerable.Range(1, Rounds).SelectMany(position => Enumerable.Range(0, Keys).Select(key => Sample.Message($"counter/{key}", (ulong)position))).ToArray();
        var running = new Queue<ConsumerProcess>([Start(), Start()]);
        try
        {
            await using var publisher = await OpenPublisherAsync();
            var safe = new List<Task>();
            var changes = new Queue<Func<Task>>(
            [
                () => Task.Run(() => running.Enqueue(Start())),
                () => running.Dequeue().DisposeAsync().AsTask(),
                () => Task.Run(() => running.Enqueue(Start())),
                () => running.Dequeue().StopAsync(),
                () => Task.Run(() => running.Enqueue(Start())),
                () => running.Dequeue().DisposeAsync().AsTask(),
            ]);
            foreach (var (batch, number) in messages.Chunk(Batch).Select((batch, number) => (batch, number)))
            {
                safe.Add(await publisher.PublishAsync(batch, CancellationToken.None));

                // Each change finds the ones before it at work.
                if ((number + 1) % 25 != 0 || !changes.TryDequeue(out var change)) continue;
                var before = await CountAsync();
                await change();
                await Wait.UntilAsync(async () => await CountAsync() > before || before == (number + 1) * Batch, "whoever is left applies messages");
            }

            await Task.WhenAll(safe);
            await AppliedAsync(messages.Length);
        }
        finally
        {
            foreach (var process in running) await process.DisposeAsync();
        }

        for (var key = 0; key < Keys; key++) Assert.Equal(VersionsOf(messages, key), await Counters.JournalAsync($"counter/{key}"));
    }

    private static IEnumerable<string> VersionsOf(IEnumerable<Envelope> messages, int key) =>
        messages.Where(message => message.Key == $"counter/{key}").Select(message => message.Version.ToString());

    private Task AppliedAsync(int messages) => Wait.UntilAsync(async () => await CountAsync() >= messages, $"{messages} messages are applied", TimeSpan.FromSeconds(60));

    private Task<long> CountAsync() => Counters.ScalarAsync<long>("select count(*) from journal");
}
