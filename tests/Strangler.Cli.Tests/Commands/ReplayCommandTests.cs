using RabbitMQ.Client;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.Cli.Tests.Commands;

/// <summary>replay, beside a running service.</summary>
public sealed class ReplayCommandTests
{
    [Fact]
    [Behaviour(47)]
    public async Task A_new_store_gets_what_the_broker_has_kept_and_a_second_replay_finds_everything_known()
    {
        var options = new MessagingOptions { Exchange = $"cli-replay-{Guid.NewGuid():N}", Partitions = 2, RequiredConsumers = { "orders" } };
        options.RabbitMq.Uri = TestServers.RequireRabbitMq();
        options.RabbitMq.History = TimeSpan.FromHours(1);
        options.RabbitMq.QueueSettleTime = TimeSpan.FromMilliseconds(200);
        var medium = new RabbitMqMedium(options);
        try
        {
            await using (var first = await RunningService.StartAsync(medium: medium))
            {
                await first.PublishAsync("order/1", 1, 2);
                await first.PublishAsync("order/2", 3);
                await Wait.UntilAsync(() => first.Counts.Applied == 3, "all is applied");
            }

            await using var service = await RunningService.StartAsync(medium: medium);
            var replay = await service.RunAsync("replay", "orders", "--from", "2", "--who", "ana");
            var again = await service.RunAsync("replay", "orders", "--from", "2", "--who", "ana", "--json");

            Assert.Equal((0, ""), (replay.Code, replay.Error));
            Assert.Matches(@"^orders is given its messages again from [^\n]*; Ctrl\+C ends this command, not the replay\.\n", replay.Output);
            Assert.Matches(@"2 of 2 partitions, \d messages since [^\n]*: 2 applied, \d known, 0 wait\n$", replay.Output);
            Assert.Equal((0, "done", 0), (again.Code, again.Json.GetProperty("state").GetString(), again.Json.GetProperty("applied").GetInt32()));
        }
        finally
        {
            await DeleteAsync(options);
        }
    }

    [Fact]
    public async Task A_medium_that_keeps_nothing_an_unknown_consumer_and_a_strange_beginning_are_refused_with_the_reason()
    {
        await using var service = await RunningService.StartAsync();

        var nothing = await service.RunAsync("replay", "orders", "--from", "2");
        var unknown = await service.RunAsync("replay", "order", "--from", "2");
        var strange = await service.RunAsync("replay", "orders", "--from", "yesterday");

        Assert.All([nothing, unknown, strange], static refused => Assert.Equal((1, ""), (refused.Code, refused.Output)));
        Assert.Contains("order", unknown.Error, StringComparison.Ordinal);
        Assert.Equal("from is 'yesterday'; write a time such as 2026-03-01T08:00:00Z, or a position such as 26462040 or 0/193C758.\n", strange.Error);
    }

    private static async Task DeleteAsync(MessagingOptions options)
    {
        await using var connection = await new ConnectionFactory { Uri = new(options.RabbitMq.Uri!) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        for (var partition = 0; partition < options.Partitions; partition++)
        {
            await channel.QueueDeleteAsync($"{options.Exchange}.orders.{partition}");
            await channel.ExchangeDeleteAsync($"{options.Exchange}.orders.{partition}.bound");
            await channel.QueueDeleteAsync($"{options.Exchange}.{partition}.history");
        }

        await channel.QueueDeleteAsync($"{options.Exchange}.partitions");
        await channel.ExchangeDeleteAsync(options.Exchange);
    }
}
