using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>A PostgreSQL of its own that is killed under a consumer.</summary>
public sealed class StoreOutageTests
{
    [Fact]
    public async Task A_store_that_dies_is_waited_for_visibly_and_nothing_is_lost_or_parked()
    {
        await using var server = await PrivatePostgres.StartNewAsync();
        await using var store = StoreDataSource.Create(server.Address);
        var counters = new Counters(store);
        await counters.CreateAsync();
        var medium = new InProcessMedium(partitions: 2, requiredConsumers: [RunningConsumer.Name]);
        await using var consumer = await RunningConsumer.StartAsync(medium, counters);
        await using var publisher = await medium.OpenPublisherAsync(CancellationToken.None);
        var messages = Enumerable.Range(1, 3_000).Select(number => Sample.Message($"counter/{number % 10}", (ulong)number)).ToArray();

        var safe = await publisher.PublishAsync(messages, CancellationToken.None);
        await Wait.UntilAsync(() => consumer.Status.Counts.Applied > 0, "messages are being applied");
        await server.KillAsync();
        await Wait.UntilAsync(() => consumer.Status.Troubles.Count > 0, "the trouble is visible");
        var health = await consumer.HealthAsync();
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("store", health.Entries[$"consumer {RunningConsumer.Name}"].Description, StringComparison.Ordinal);
        Assert.False(safe.IsCompleted);
        await server.StartAsync();
        await safe.WaitAsync(TimeSpan.FromMinutes(1));

        foreach (var key in Enumerable.Range(0, 10))
        {
            var expected = messages.Where(message => message.Key == $"counter/{key}").Select(message => message.Version.ToString());
            Assert.Equal(expected, await counters.JournalAsync($"counter/{key}"));
        }

        await Wait.UntilAsync(() => consumer.Status.Troubles.Count == 0, "the trouble is over");
        Assert.Equal(HealthStatus.Healthy, (await consumer.HealthAsync()).Status);
        // What the store committed as it died, before it could say so, was a copy when it was tried again.
        var counts = consumer.Status.Counts;
        Assert.Equal((3_000, 0, 0), (counts.Applied + counts.Duplicate, counts.CameToWait, counts.Parked));
    }

    [Fact]
    public async Task A_stop_while_the_store_hangs_is_a_clean_one()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var store = StoreDataSource.Create($"Host=127.0.0.1;Port={((IPEndPoint)silent.LocalEndpoint).Port};Username=u;Database=d;Timeout=1");
        var medium = new InProcessMedium(partitions: 2, requiredConsumers: [RunningConsumer.Name]);
        CountedHandler.Script script;
        await using (var consumer = await RunningConsumer.StartAsync(medium, new Counters(store)))
        {
            script = consumer.Script;
            // The second try begins when the first has failed: the stop comes while it waits for an answer.
            using var first = await silent.AcceptTcpClientAsync();
            using var second = await silent.AcceptTcpClientAsync();
        }

        Assert.DoesNotContain(script.Log, line => line.Contains("BackgroundService", StringComparison.Ordinal) || line.Contains("   at ", StringComparison.Ordinal));
    }
}
