using System.Globalization;
using Strangler.Faults.Oracle;
using Strangler.Faults.Runs;
using Strangler.Faults.Subject;
using Strangler.Faults.Workload;
using Strangler.Tests.Servers;

namespace FaultHarness.Tests;

/// <summary>The same oracle over an SQLite source with its trigger log: the layer and its consumer are killed while busy writers replace, cascade, move and roll back.</summary>
public sealed class TriggerLogRunTests(TestBedFixture fixture) : IClassFixture<TestBedFixture>
{
    private const int Kills = 14;
    private const int Writers = 3;

    [Theory]
    [Behaviour(1, 2, 4, 71)]
    [InlineData(3)]
    public async Task Killing_the_layer_and_a_consumer_over_a_trigger_log_loses_nothing_and_takes_no_key_back(int seed)
    {
        var bed = await fixture.BedAsync();
        var folder = Directory.CreateDirectory(Path.Combine(bed.Folder, $"trigger-log-{seed}")).FullName;
        var name = $"urn:faults:trigger-log:{Guid.NewGuid():n}";
        var source = $"Data Source={Path.Combine(folder, "legacy.db")}";
        await SqliteWriter.CreateTablesAsync(source);
        await using var store = await TestDatabase.CreateAsync("a", bed.Stores.Address);
        var consumer = new ConsumerStore(TestBed.ConsumerA, store.ConnectionString);
        using var committed = new CommittedRows(new(Path.Combine(folder, "committed.log")));
        var numbers = new Numbers();
        var writers = Enumerable.Range(0, Writers).Select(number => new SqliteWriter(number, Writers, source, new((seed * 10) + number), numbers, committed)).ToList();
        await using var layer = new SubjectProcess("layer", Path.Combine(folder, "layer.log"), [LayerHost.Mode, .. LayerSettings(bed, name, source, folder)]);
        await using var consuming = new SubjectProcess("consumer", Path.Combine(folder, "consumer.log"), [ConsumerHost.Mode, .. ConsumerSettings(bed, name, store.ConnectionString)]);
        var random = new Random(seed);
        // Rows that are there before: their backfill is broken off too.
        foreach (var writer in writers) await writer.WriteAsync(40, CancellationToken.None);

        using (var stop = new CancellationTokenSource())
        {
            var writing = writers.Select(writer => Task.Run(() => writer.WriteAsync(int.MaxValue, stop.Token))).ToList();
            consuming.Start();
            layer.Start();
            for (var kill = 1; kill <= Kills; kill++)
            {
                // At any instant: often while it starts, often under load, once in a while after it has done something for sure.
                if (kill % 3 == 0) await UntilMoreAsync(consumer, layer, consuming);
                else await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1_500)));
                var victim = kill % 4 == 0 ? consuming : layer;
                Assert.False(layer.IsDead || consuming.IsDead, "A process has ended by itself.");
                await victim.KillAsync();
                victim.Start();
            }

            await stop.CancelAsync();
            await Task.WhenAll(writing);
        }

        var last = committed.ByKey.Values.Select(static history => history[^1].N).OfType<long>().ToList();
        await Wait.UntilAsync(
            async () => await consumer.AmountAsync() is var amount && amount.Rows == last.Count && amount.Sum == last.Sum(),
            $"the consumer has {last.Count} rows", TimeSpan.FromMinutes(2));
        var violations = new Judge(committed.ByKey, hasBackfill: true).Violations(await consumer.ReadAsync()).ToList();

        if (violations.Count > 0) bed.Keep();
        Assert.Empty(violations.Select(Evidence.Line));
        Assert.True(committed.Writes > 500, $"Only {committed.Writes} rows were written.");
        Assert.All(Enum.GetValues<SqliteOperation>(), operation => Assert.True(writers.Sum(writer => writer.Committed(operation)) > 5, $"{operation} was hardly ever committed."));
    }

    private static async Task UntilMoreAsync(ConsumerStore consumer, SubjectProcess layer, SubjectProcess consuming)
    {
        var before = (await consumer.AmountAsync()).LastEffect;
        await Wait.UntilAsync(
            async () => layer.IsDead || consuming.IsDead || (await consumer.AmountAsync()).LastEffect > before,
            "the consumer was told more", TimeSpan.FromMinutes(2));
    }

    private static string[] LayerSettings(TestBed bed, string name, string source, string folder) =>
    [
        .. Messaging(bed),
        "--Messaging:RequiredConsumers:0", TestBed.ConsumerA,
        "--ConnectionStrings:Source", source,
        "--ConnectionStrings:Store", $"Data Source={Path.Combine(folder, "layer.db")}",
        "--AntiCorruption:Source", name,
        "--AntiCorruption:PollInterval", "00:00:00.010",
        "--AntiCorruption:CheckpointInterval", "00:00:00.050",
        "--AntiCorruption:BackfillChunkRows", "20",
        "--AntiCorruption:BatchMessages", "50",
        "--AntiCorruption:MaxRetryDelay", "00:00:01",
    ];

    private static string[] ConsumerSettings(TestBed bed, string name, string store) =>
    [
        .. Messaging(bed),
        "--ConnectionStrings:Store", store,
        "--Consumer:Name", TestBed.ConsumerA,
        "--Consumer:Source", name,
        "--Consumer:Failures", "0",
    ];

    private static string[] Messaging(TestBed bed) => ["--Messaging:Exchange", TestBed.Exchange, "--Messaging:RabbitMq:Uri", bed.Broker.Address, "--Messaging:RabbitMq:Heartbeat", "00:00:05"];
}

/// <summary>Numbers of rows: every write of a key has a higher one. Thread-safe.</summary>
internal sealed class Numbers
{
    private long last;

    public long Next() => Interlocked.Increment(ref last);

    public override string ToString() => last.ToString(CultureInfo.InvariantCulture);
}
