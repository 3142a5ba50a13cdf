using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>A cluster of three nodes that loses one after the other under load.</summary>
public sealed class RabbitMqClusterTests
{
    private const int Keys = 40, MessagesOfPhase = 2_000;

    [Fact]
    [Behaviour(14, 22)]
    public async Task A_cluster_that_loses_the_node_of_a_leader_that_of_a_follower_and_has_one_cut_off_under_load_loses_doubles_and_reorders_nothing()
    {
        await using var cluster = await PrivateRabbitMqCluster.StartNewAsync();
        await using var store = await TestStore.SqliteAsync();
        var counters = new Counters(store.Source);
        await counters.CreateAsync();
        var medium = CreateMedium(cluster);
        await using var consumer = await RunningConsumer.StartAsync(medium, counters);
        var queue = $"{medium.Name}.counters.0";
        var phase = 0;

        await UnderLoadAsync(async () => await (await cluster.LeaderOfAsync(queue)).KillAsync());
        await HealAsync();
        await UnderLoadAsync(async () => await (await FollowerAsync()).KillAsync());
        await HealAsync();
        var cutOff = await cluster.LeaderOfAsync(queue);
        await UnderLoadAsync(() => PrivateRabbitMqCluster.CutOffAsync(cutOff));
        await cluster.JoinAgainAsync(cutOff);
        await UnderLoadAsync(() => Task.CompletedTask);

        for (var key = 0; key < Keys; key++)
        {
            var expected = Enumerable.Range(0, phase * MessagesOfPhase / Keys).Select(round => new MessageVersion((ulong)((round * Keys) + key), 0).ToString());
            Assert.Equal(expected, await counters.JournalAsync($"counter/{key}"));
        }

        // Publishing goes on while the fault lasts, to the last message of the phase.
        async Task UnderLoadAsync(Func<Task> fault)
        {
            var first = phase++ * MessagesOfPhase;
            var publisher = new ResendingPublisher(medium, [.. Enumerable.Range(first, MessagesOfPhase).Select(number => Sample.Message($"counter/{number % Keys}", (ulong)number))]);
            var publishing = publisher.RunAsync();
            await Wait.UntilAsync(() => publisher.Confirmed > MessagesOfPhase / 4, "publishing has begun");
            await fault();
            await publishing.WaitAsync(TimeSpan.FromMinutes(2));
            await Wait.UntilAsync(() => consumer.Status.Counts.Applied == phase * MessagesOfPhase, "every message is applied", TimeSpan.FromMinutes(2));
        }

        // Starting one that runs changes nothing.
        Task HealAsync() => Task.WhenAll(cluster.Nodes.Select(static node => node.StartAsync()));

        async Task<PrivateRabbitMq> FollowerAsync()
        {
            var leader = await cluster.LeaderOfAsync(queue);
            return cluster.Nodes.First(node => node != leader);
        }
    }

    private static RabbitMqMedium CreateMedium(PrivateRabbitMqCluster cluster)
    {
        var options = new MessagingOptions { Exchange = "cluster", Partitions = 2, RequiredConsumers = { "counters" } };
        options.RabbitMq.Uri = cluster.Nodes[0].Address;
        foreach (var node in cluster.Nodes.Skip(1)) options.RabbitMq.Nodes.Add(new Uri(node.Address).Authority);
        options.RabbitMq.Heartbeat = TimeSpan.FromSeconds(1);
        options.RabbitMq.ConfirmTimeout = TimeSpan.FromSeconds(5);
        options.RabbitMq.OperationTimeout = TimeSpan.FromSeconds(5);
        return new(options);
    }
}
