using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.Cli.Tests;

/// <summary>A service with one consumer, <c>orders</c>, on a store of its own, and the tool beside it.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    public const string Placed = "sample.order.placed.v1";

    private readonly WebApplication app;
    private readonly DirectoryInfo folder;

    private RunningService(WebApplication app, DirectoryInfo folder, ConcurrentDictionary<string, bool> poison) => (this.app, this.folder, Poison) = (app, folder, poison);

    public string Url => app.Urls.Single();

    public string TokenFile => Path.Combine(folder.FullName, "token");

    public string Token => File.ReadAllText(TokenFile);

    /// <summary>Keys whose messages cannot be applied.</summary>
    public ConcurrentDictionary<string, bool> Poison { get; }

    public ConsumerCounts Counts => app.Services.GetRequiredKeyedService<ConsumerStatus>("orders").Counts;

    public static async Task<RunningService> StartAsync(bool operators = true, IMedium? medium = null, bool whole = false)
    {
        var folder = Directory.CreateTempSubdirectory("strangler-cli-");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var poison = new ConcurrentDictionary<string, bool>();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "token"), "a-token-of-the-service");
        builder.Configuration.AddInMemoryCollection(
        [
            new("ConnectionStrings:Store", $"Data Source={Path.Combine(folder.FullName, "store.db")}"),
            new("Messaging:Consumer:RetryDelay", "00:00:00.010"),
            new("Messaging:Consumer:MaxRetryDelay", "00:00:00.050"),
            new("Messaging:Consumer:Attempts", "2"),
            new("Messaging:Consumer:TransactionWait", "00:00:01"),
            new("Messaging:OperatorToken", operators ? Path.Combine(folder.FullName, "token") : null),
        ]);
        builder.Services.AddStore(typeof(RunningService).Assembly);
        builder.Services.AddSingleton(poison);
        builder.Services.AddStranglerMessaging(builder.Configuration, medium ?? new InProcessMedium(partitions: 2, requiredConsumers: ["orders"]));
        builder.Services.AddMessageConsumer("orders", provider => provider.GetRequiredService<DbDataSource>(), consumer =>
        {
            consumer.Handle<OrderPlaced, Handler>(Placed);
            if (whole) consumer.WholeTransactions();
        });
        var app = builder.BuildChecked();
        app.MapConsumers();
        await app.StartAsync();
        return new(app, folder, poison);
    }

    public Task<ToolRun> RunAsync(params string[] command) => ToolRun.Of([.. command, "--service", Url, "--token", TokenFile]);

    public Task PublishAsync(string key, params int[] positions) => PublishAsync(null, key, positions);

    /// <summary>With the name of the transaction that each is of.</summary>
    public async Task PublishAsync(MessageTransaction? transaction, string key, params int[] positions)
    {
        await using var publisher = await app.Services.GetRequiredService<IMedium>().OpenPublisherAsync(CancellationToken.None);
        await await publisher.PublishAsync(
            [.. positions.Select(position => new Envelope($"{key}/{position}", "urn:sample", Placed, key, new((ulong)position, 0), DateTimeOffset.UnixEpoch, """{"buyer":"Maria Silva"}"""u8.ToArray()) { Transaction = transaction })],
            CancellationToken.None);
    }

    public Task UntilParkedAsync(int messages) => Wait.UntilAsync(() => Counts.Parked == messages && Counts.Waiting == 0, $"{messages} messages are parked");

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        folder.Delete(recursive: true);
    }

    internal sealed record OrderPlaced(string Buyer);

    internal sealed class Handler(ConcurrentDictionary<string, bool> poison) : IMessageHandler<OrderPlaced>
    {
        public Task HandleAsync(OrderPlaced message, MessageContext context, CancellationToken cancellation) =>
            poison.ContainsKey(context.Envelope.Key) ? throw new InvalidOperationException($"'{message.Buyer}' is unknown.") : Task.CompletedTask;
    }
}
