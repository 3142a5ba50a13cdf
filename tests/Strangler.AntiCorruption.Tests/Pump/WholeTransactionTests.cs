using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>From the legacy's transaction to a consumer's: PostgreSQL on both sides.</summary>
public sealed class WholeTransactionTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("strangler-whole-").FullName;
    private readonly InProcessMedium medium = new();
    private PostgresLegacy source = null!;
    private TestDatabase database = null!;
    private DbDataSource store = null!;

    public async ValueTask InitializeAsync()
    {
        source = await PostgresLegacy.CreateAsync("whole");
        await source.CreateTablesAsync();
        database = await TestDatabase.CreateAsync("wholestore");
        store = StoreDataSource.Create(database.ConnectionString);
        await using var connection = await store.OpenConnectionAsync();
        await connection.ExecuteAsync("create table person (key text primary key, name text not null)");
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await store.DisposeAsync();
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    [Behaviour(12)]
    public async Task Rows_of_one_transaction_of_the_legacy_are_seen_together_or_not_at_all_also_when_the_layer_is_killed_in_between()
    {
        const int Transactions = 120;
        using var consumer = await StartConsumerAsync();
        var faulty = new FaultyMedium(medium);
        var layer = await StartLayerAsync(faulty);
        using var stop = new CancellationTokenSource();
        try
        {
            await layer.UntilAsync("streaming");
            var reading = ReadAsync(stop.Token);
            await source.InTransactionAsync("insert into person (id, name) values (1, '0'), (2, '0'), (3, '0')");
            for (var number = 1; number <= Transactions; number++)
            {
                // As a kill leaves it: sent, and not known to be.
                if (number % 40 == 0) faulty.SwallowConfirms = true;
                await source.InTransactionAsync($"update person set name = '{number}' where id = 1", $"update person set name = '{number}' where id in (2, 3)");
                if (number % 40 != 0) continue;
                await layer.DisposeAsync();
                faulty.SwallowConfirms = false;
                layer = await StartLayerAsync(faulty);
            }

            await Wait.UntilAsync(async () => (await NamesAsync()).SequenceEqual(Enumerable.Repeat($"{Transactions}", 3)), "the last transaction has taken effect");
            await stop.CancelAsync();

            var (looks, halves) = await reading;
            Assert.Empty(halves);
            Assert.True(looks > 10, $"The store was looked at {looks} times.");
            Assert.True(faulty.Published.Count(static message => message.Transaction is not null) >= 2 * 3 * Transactions, "The layer marks what it publishes.");
            await using var connection = await store.OpenConnectionAsync();
            Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select count(*) from messaging_parked_messages"));
        }
        finally
        {
            await stop.CancelAsync();
            await layer.DisposeAsync();
            await consumer.StopAsync();
        }
    }

    [Fact]
    public async Task Rows_that_are_read_and_transactions_of_one_message_are_not_marked()
    {
        await using var tester = await TestConsumer.StartAsync(medium);
        await source.ExecuteAsync("insert into contract values (1, 1, 'A'), (2, 1, 'A')");
        await using var layer = await StartLayerAsync(medium);
        await layer.UntilCaughtUpAsync();
        await source.ExecuteAsync("insert into contract values (3, 1, 'A')");
        await source.ExecuteAsync("insert into contract values (4, 1, 'A'), (5, 1, 'A')");

        var marks = (await tester.UntilAsync(5)).OrderBy(static message => message.Key).Select(static message => (message.Key, message.Transaction is null ? "alone" : $"{message.Transaction.Counts}"));
        Assert.Equal([("contract/1", "alone"), ("contract/2", "alone"), ("contract/3", "alone"), ("contract/4", ""), ("contract/5", "test.contract.moved.v1=2")], marks);
    }

    private Task<TestLayer> StartLayerAsync(IMedium over) =>
        TestLayer.StartAsync(source.ConnectionString, $"Data Source={Path.Combine(folder, "acl.db")};Pooling=False", over, settings: ("AntiCorruption:Slot", source.Slot));

    private async Task<IHost> StartConsumerAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection([new("Messaging:Consumer:RetryDelay", "00:00:00.010")]);
        builder.Services.AddStranglerMessaging(builder.Configuration, medium);
        builder.Services.AddMessageConsumer("persons", store, static consumer => consumer.Handle<PersonTranslator.Person, Named>("test.person.stated.v1").Handle<PersonTranslator.Person, Named>("test.person.stated.v2").WholeTransactions());
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private async Task<IReadOnlyList<string>> NamesAsync()
    {
        await using var connection = await store.OpenConnectionAsync();
        return (await connection.QueryAsync<string>("select name from person order by key")).AsList();
    }

    private async Task<(int Looks, List<string> Halves)> ReadAsync(CancellationToken stop)
    {
        var (looks, halves) = (0, new List<string>());
        while (!stop.IsCancellationRequested)
        {
            var names = await NamesAsync();
            if (names.Count is not (0 or 3) || names.Distinct().Count() > 1) halves.Add(string.Join(", ", names));
            looks++;
        }

        return (looks, halves);
    }

    private sealed class Named : IMessageHandler<PersonTranslator.Person>
    {
        public Task HandleAsync(PersonTranslator.Person message, MessageContext context, CancellationToken cancellation) => context.Connection.ExecuteAsync(new CommandDefinition(
            "insert into person (key, name) values (@key, @name) on conflict (key) do update set name = excluded.name",
            new { key = context.Envelope.Key, name = message.Name },
            context.Transaction,
            cancellationToken: cancellation));
    }
}
