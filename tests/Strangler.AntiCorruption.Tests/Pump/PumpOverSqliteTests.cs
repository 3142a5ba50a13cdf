using Dapper;
using Microsoft.Extensions.Logging;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

public sealed class PumpOverSqliteTests : PumpContract
{
    protected override Task<TestSource> StartSourceAsync() => Task.FromResult<TestSource>(new SqliteSource());

    [Fact]
    [Behaviour(71)]
    public async Task A_writer_that_holds_the_file_for_long_is_waited_for_and_what_was_written_before_comes_meanwhile()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        using var log = new TestLog();
        using var logs = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        await using var feed = new TriggerLogFeed(
            Source.ConnectionString, new() { PollInterval = TimeSpan.FromMilliseconds(5), TrimInterval = TimeSpan.FromMilliseconds(20) }, TimeProvider.System, logs.CreateLogger<TriggerLogFeed>());
        await using var layer = await StartAsync(feed: feed);
        await layer.UntilCaughtUpAsync();
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'hold')");
        await using var connection = await Source.ConnectAsync();
        await using (var holding = await connection.BeginTransactionAsync())
        {
            await connection.ExecuteAsync("insert into person (id, name) values (2, 'held')", transaction: holding);
            layer.Persons.Release();
            await consumer.UntilAsync(2);
            await Wait.UntilAsync(() => log.Lines.Any(static line => line.Contains("The source is busy; its log is trimmed up to ", StringComparison.Ordinal)), "the log was to be trimmed");
            Assert.Equal("streaming", (await layer.LagAsync()).GetProperty("phase").GetString());
            Assert.Equal(200, (await layer.GetAsync("/health")).Status);
            Assert.DoesNotContain("person/2", consumer.State.Keys);
            await holding.CommitAsync();
        }

        await Wait.UntilAsync(() => consumer.State.ContainsKey("person/2"), "what was held came");
        await Wait.UntilAsync(async () => (await layer.LagAsync()).GetProperty("retained").GetInt64() == 0, "the log is trimmed");
        Assert.Equal("2 2 {} {}", await layer.CountsAsync("person", 2));
    }
}
