using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Strangler.Messaging.Tests;

public sealed class MessagingRegistrationTests
{
    [Fact]
    public async Task Every_wrong_setting_is_named_at_once_with_its_value_and_cure()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(new()
        {
            ["Messaging:Partitions"] = "0",
            ["Messaging:Exchange"] = "amq.topic",
            ["Messaging:RequiredConsumers:0"] = "a.b",
            ["Messaging:RabbitMq:Uri"] = "http://user:secret@broker:5672/",
            ["Messaging:RabbitMq:Nodes:0"] = "broker-2:5672",
            ["Messaging:RabbitMq:Nodes:1"] = "amqp://user:secret@broker-3:5672/",
            ["Messaging:RabbitMq:Nodes:2"] = "broker-4:0",
            ["Messaging:RabbitMq:Window"] = "70000",
            ["Messaging:RabbitMq:Prefetch"] = "0",
            ["Messaging:RabbitMq:ConfirmTimeout"] = "00:00:00.050",
            ["Messaging:RabbitMq:OperationTimeout"] = "01:00:00",
            ["Messaging:RabbitMq:Heartbeat"] = "00:00:00",
            ["Messaging:RabbitMq:QueueSettleTime"] = "00:02:00",
            ["Messaging:Consumer:BatchSize"] = "10001",
            ["Messaging:Consumer:Attempts"] = "0",
            ["Messaging:Consumer:RetryDelay"] = "00:00:02",
            ["Messaging:Consumer:MaxRetryDelay"] = "00:00:01",
            ["Messaging:Consumer:BatchInterval"] = "00:00:02",
            ["Messaging:Consumer:HoldDeliveries"] = "00:30:00",
        }));

        Assert.Equal(
            [
                "Messaging:Partitions is 0; it must be 1 to 256.",
                "Messaging:Exchange is 'amq.topic'; use 1 to 100 letters, digits, dots, dashes and underscores, not beginning with 'amq.'.",
                "Messaging:RequiredConsumers holds 'a.b'; a consumer's name is 1 to 100 letters, digits, dashes and underscores.",
                "Messaging:RabbitMq:Uri is 'http://***@broker:5672/'; it must be amqp://user:password@host:port/vhost or amqps://….",
                "Messaging:RabbitMq:Nodes holds 'amqp://***@broker-3:5672/'; use host or host:port, without user and password.",
                "Messaging:RabbitMq:Nodes holds 'broker-4:0'; use host or host:port, without user and password.",
                "Messaging:RabbitMq:Window is 70000; it must be 1 to 65536.",
                "Messaging:RabbitMq:Prefetch is 0; it must be 1 to 65535.",
                "Messaging:RabbitMq:ConfirmTimeout is 00:00:00.0500000; it must be 00:00:00.1000000 to 00:05:00.",
                "Messaging:RabbitMq:OperationTimeout is 01:00:00; it must be 00:00:00.1000000 to 00:05:00.",
                "Messaging:RabbitMq:Heartbeat is 00:00:00; it must be 00:00:01 to 00:05:00.",
                "Messaging:RabbitMq:QueueSettleTime is 00:02:00; it must be 00:00:00 to 00:01:00.",
                "Messaging:Consumer:BatchSize is 10001; it must be 1 to 10000.",
                "Messaging:Consumer:Attempts is 0; it must be 1 to 100.",
                "Messaging:Consumer:MaxRetryDelay is 00:00:01; it must be 00:00:02 to 00:10:00.",
                "Messaging:Consumer:BatchInterval is 00:00:02; it must be 00:00:00 to 00:00:01.",
                "Messaging:Consumer:HoldDeliveries is 00:30:00; it must be 00:00:01 to 00:20:00.",
            ],
            refused.Failures);
    }

    [Fact]
    public async Task Without_a_medium_of_the_host_the_broker_must_be_named()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync([]));

        Assert.Equal(["Messaging:RabbitMq:Uri is not set; set it to the broker, for example amqp://guest:guest@localhost:5672/."], refused.Failures);
    }

    [Fact]
    public async Task With_a_medium_of_the_host_nothing_needs_to_be_set()
    {
        using var host = await StartAsync([], new InProcessMedium());

        Assert.IsType<InProcessMedium>(host.Services.GetRequiredService<IMedium>());
        await host.StopAsync();
    }

    [Fact]
    public async Task The_host_s_defaults_yield_to_the_configuration()
    {
        using var host = await StartAsync(
            new() { ["Messaging:Partitions"] = "8" },
            new InProcessMedium(),
            options => (options.Partitions, options.Exchange) = (2, "clinic"));

        var options = host.Services.GetRequiredService<IOptions<MessagingOptions>>().Value;
        Assert.Equal((8, "clinic"), (options.Partitions, options.Exchange));
        await host.StopAsync();
    }

    [Fact]
    public void A_medium_built_by_hand_checks_its_options_too() =>
        Assert.Throws<OptionsValidationException>(() => new RabbitMqMedium(new() { Partitions = 300 }));

    [Theory]
    [InlineData("")]
    [InlineData("with.dot")]
    [InlineData("with space")]
    public void A_consumer_s_name_must_fit_into_queue_names(string name) =>
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddMessageConsumer(
            name, StoreDataSource.Create("Data Source=:memory:"), consumer => consumer.Handle<Counted, CountedHandler>(Sample.Counted)));

    [Fact]
    public void A_consumer_handles_something_and_each_type_once()
    {
        var store = StoreDataSource.Create("Data Source=:memory:");

        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddMessageConsumer("counters", store, _ => { }));
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddMessageConsumer("counters", store, consumer => consumer
            .Handle<Counted, CountedHandler>(Sample.Counted)
            .Handle<Counted, CountedHandler>(Sample.Counted)));
    }

    private static async Task<IHost> StartAsync(
        Dictionary<string, string?> settings, IMedium? medium = null, Action<MessagingOptions>? defaults = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddStranglerMessaging(builder.Configuration, medium, defaults);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
