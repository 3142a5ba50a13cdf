using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>What becomes of a row at which its translator throws, and of what changes of it afterwards.</summary>
public abstract partial class PumpContract
{
    [Fact]
    [Behaviour(42)]
    public async Task A_translator_that_throws_parks_that_row_and_what_changes_of_it_later_queues_behind_in_order_while_others_flow()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        var recording = new FaultyMedium(Medium);
        await using (var first = await StartAsync(recording))
        {
            await first.UntilAsync("streaming");
            await Source.ExecuteAsync("insert into person (id, name) values (1, 'throw'), (2, 'fine')");
            await Source.InTransactionAsync("update person set name = 'b' where id = 1", "delete from person where id = 1", "insert into person (id, name) values (1, 'c')");
            await Source.ExecuteAsync("update person set name = 'better' where id = 2");
            Assert.Equal("""6 2 {} {"behind-parked":3,"translator-failed":1}""", await first.CountsAsync("person", 6));
        }

        // Whoever comes after it knows what waits.
        await using var layer = await StartAsync(recording);
        await layer.UntilAsync("streaming");
        await Source.ExecuteAsync("update person set name = 'd' where id = 1");
        await Source.ExecuteAsync("insert into person (id, name) values (3, 'later')");
        await consumer.UntilAsync(6);
        await layer.CountsAsync("person", 8);
        var parked = Assert.Single((await layer.GetAsync("/quarantine")).Body.EnumerateArray());
        var (_, again) = await layer.PostAsync("/quarantine/retry", new { all = true });

        Assert.Equal("""{"open":5,"superseded":0,"parked_keys":1,"queued":4}""", (await layer.LagAsync()).GetProperty("quarantine").ToString());
        Assert.Equal(("parked", "1", "translator-failed", 4), (parked.GetProperty("state").GetString(), parked.GetProperty("key").GetString(), parked.GetProperty("rule").GetString(), parked.GetProperty("waiting").GetInt32()));
        Assert.Equal((0, 1), (again.GetProperty("published").GetInt32(), again.GetProperty("refused").GetInt32()));
        Assert.DoesNotContain(recording.Published, static message => message.Key == "person/1");
        Assert.Equal("""test.person.stated.v1 {"name":"better"}""", consumer.State["person/2"]);

        layer.Persons.NoLongerThrows = true;
        var (_, released) = await layer.PostAsync("/quarantine/retry", new { ids = new[] { parked.GetProperty("id").GetString() } });
        await Source.ExecuteAsync("update person set name = 'e' where id = 1");
        await Wait.UntilAsync(() => consumer.State.GetValueOrDefault("person/1") == """test.person.stated.v1 {"name":"e"}""", "the row flows again");

        Assert.Equal((5, 0), (released.GetProperty("published").GetInt32(), released.GetProperty("refused").GetInt32()));
        var told = recording.Published.Where(static message => message.Key == "person/1" && !message.Type.EndsWith(".v2", StringComparison.Ordinal)).ToList();
        Assert.Equal(["throw", "b", "gone", "c", "d", "e"], told.Select(Said));
        Assert.Equal(told.Select(static message => message.Version).Order(), told.Select(static message => message.Version));
        Assert.True(told[0].Version.CompareTo(recording.Published.First(static message => message.Key == "person/2").Version) < 0);
        Assert.Equal("9 9 {} {}", await layer.CountsAsync("person", 9));
        Assert.Equal("""{"open":0,"superseded":0,"parked_keys":0,"queued":0}""", (await layer.LagAsync()).GetProperty("quarantine").ToString());
    }

    [Fact]
    [Behaviour(42)]
    public async Task A_parked_row_that_changes_its_key_parks_the_new_one_too_and_both_go_in_order_when_a_corrected_translator_starts()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        var recording = new FaultyMedium(Medium);
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'a'), (2, 'a')");
        await using (var layer = await StartAsync(recording))
        {
            await layer.UntilCaughtUpAsync();
            await Source.ExecuteAsync("update person set name = 'throw' where id = 1");
            await Source.ExecuteAsync("update person set id = 5 where id = 1");
            await Source.ExecuteAsync("update person set name = 'moved' where id = 5");
            await Source.ExecuteAsync("insert into person (id, name) values (1, 'new')");
            // Throws under its new key: of the old one nothing is told either.
            await Source.ExecuteAsync("update person set id = 7, name = 'throw' where id = 2");
            await Source.ExecuteAsync("insert into person (id, name) values (2, 'other')");
            await Source.ExecuteAsync("insert into person (id, name) values (3, 'free')");
            Assert.Equal("""9 3 {} {"behind-parked":4,"translator-failed":2}""", await layer.CountsAsync("person", 9));
            Assert.Equal("""{"open":6,"superseded":0,"parked_keys":4,"queued":4}""", (await layer.LagAsync()).GetProperty("quarantine").ToString());
        }

        Assert.Equal(["person/1 a", "person/2 a", "person/3 free"], Told(recording).Order(StringComparer.Ordinal));
        await using var corrected = await StartWithAsync(new PersonTranslator { NoLongerThrows = true }, recording);
        Assert.Equal("9 9 {} {}", await UntilCountsAsync(corrected, "9 9 {} {}"));

        Assert.Equal(
            ["person/1 throw", "person/1 gone", "person/5 throw", "person/5 moved", "person/1 new", "person/2 gone", "person/7 throw", "person/2 other"],
            Told(recording).Skip(3));
        Assert.Equal(
            ["person/1 new", "person/2 other", "person/3 free", "person/5 moved", "person/7 throw"],
            consumer.State.OrderBy(static row => row.Key).Select(static row => $"{row.Key} {row.Value.Split('"')[3]}"));
    }

    [Fact]
    [Behaviour(42)]
    public async Task What_was_let_go_and_not_stored_comes_again_byte_for_byte_and_nothing_newer_came_before_it()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        var faulty = new FaultyMedium(Medium);
        await using (var first = await StartAsync(faulty))
        {
            await first.UntilAsync("streaming");
            await Source.ExecuteAsync("insert into person (id, name) values (1, 'throw')");
            for (var change = 1; change <= 20; change++) await Source.ExecuteAsync($"update person set name = '{change}' where id = 1");
            await first.CountsAsync("person", 21);
            // The medium has the messages, the layer never learns it: as if it had been killed while it lets them go.
            faulty.SwallowConfirms = true;
            first.Persons.NoLongerThrows = true;
            _ = first.PostAsync("/quarantine/retry", new { all = true }).ContinueWith(static retry => retry.Exception, TaskScheduler.Default);
            await consumer.UntilAsync(42);
        }

        await Source.ExecuteAsync("update person set name = 'last' where id = 1");
        faulty.SwallowConfirms = false;
        await using var second = await StartWithAsync(new PersonTranslator { NoLongerThrows = true }, faulty);
        Assert.Equal("22 22 {} {}", await UntilCountsAsync(second, "22 22 {} {}"));

        var told = faulty.Published.Where(static message => !message.Type.EndsWith(".v2", StringComparison.Ordinal)).ToList();
        string[] expected = ["throw", .. Enumerable.Range(1, 20).Select(static change => $"{change}")];
        Assert.Equal([.. expected, .. expected, "last"], told.Select(Said));
        Assert.All(told.GroupBy(static message => message.Id).Where(static copies => copies.Count() > 1), static copies =>
        {
            var (one, other) = (copies.First(), copies.Last());
            Assert.Equal((one.Version, one.Time), (other.Version, other.Time));
            Assert.Equal(one.Data.ToArray(), other.Data.ToArray());
        });
        Assert.Equal(22, told.Select(static message => message.Id).Distinct().Count());
    }

    [Fact]
    [Behaviour(42)]
    public async Task A_row_that_a_backfill_reads_waits_behind_too_and_a_refusal_in_the_queue_lets_what_follows_go()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        var recording = new FaultyMedium(Medium);
        await using var layer = await StartAsync(recording);
        await layer.UntilAsync("streaming");
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'throw'), (2, 'fine')");
        await Source.ExecuteAsync("update person set name = 'refuse' where id = 1");
        await Source.ExecuteAsync("update person set name = 'good' where id = 1");
        await layer.PostAsync("/backfill/start", new { table = "person" });
        await layer.UntilAsync("person", static table => table is var found && found.GetProperty("state").GetString() == "complete" && found.GetProperty("generation").GetInt32() == 2);
        Assert.Equal("""6 2 {} {"behind-parked":3,"translator-failed":1}""", await layer.CountsAsync("person", 6));

        layer.Persons.NoLongerThrows = true;
        var (_, released) = await layer.PostAsync("/quarantine/retry", new { all = true });

        Assert.Equal((3, 1), (released.GetProperty("published").GetInt32(), released.GetProperty("refused").GetInt32()));
        Assert.Equal(["person/1 throw", "person/1 good", "person/1 good"], Told(recording).Where(static told => told.StartsWith("person/1", StringComparison.Ordinal)));
        Assert.Equal("""6 5 {} {"T1.refused":1}""", await layer.CountsAsync("person", 6));
        Assert.Equal("""{"open":0,"superseded":1,"parked_keys":0,"queued":0}""", (await layer.LagAsync()).GetProperty("quarantine").ToString());
        Assert.Equal("""test.person.stated.v1 {"name":"good"}""", consumer.State["person/1"]);
    }

    [Fact]
    [Behaviour(42)]
    public async Task Rows_of_a_large_transaction_are_parked_once_when_it_is_read_again()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        var faulty = new FaultyMedium(Medium);
        await using var layer = await StartAsync(faulty, settings: ("AntiCorruption:BatchMessages", "100"));
        await layer.UntilAsync("streaming");

        faulty.FailConfirmAt = 2;
        await Source.InTransactionAsync(
            "insert into person (id, name) with recursive n (i) as (select 1 union all select i + 1 from n where i < 6000) select i, case when i % 2 = 0 then 'throw' else 'n' end from n",
            "update person set name = 'm' where id > 5000");

        Assert.Equal("""7000 3500 {} {"behind-parked":500,"translator-failed":3000}""", await layer.CountsAsync("person", 7_000));
        Assert.Equal(1, faulty.Failures);
        Assert.Equal("""{"open":3500,"superseded":0,"parked_keys":3000,"queued":500}""", (await layer.LagAsync()).GetProperty("quarantine").ToString());
        layer.Persons.NoLongerThrows = true;
        await layer.PostAsync("/quarantine/retry", new { all = true });
        Assert.Equal("7000 7000 {} {}", await layer.CountsAsync("person", 7_000));
        await Wait.UntilAsync(() => consumer.State.Count == 6_000, "every row is told");
        Assert.Equal(1_000, consumer.State.Values.Count(static state => state.Contains("\"m\"", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Told(FaultyMedium medium) =>
        medium.Published.Where(static message => !message.Type.EndsWith(".v2", StringComparison.Ordinal)).Select(static message => $"{message.Key} {Said(message)}");

    private static string Said(Envelope message) =>
        message.Type == "test.person.gone.v1" ? "gone" : JsonDocument.Parse(message.Data).RootElement.GetProperty("name").GetString()!;

    private static async Task<string> UntilCountsAsync(TestLayer layer, string counts)
    {
        var last = "";
        await Wait.UntilAsync(async () => (last = await layer.CountsAsync("person", 1)) == counts, $"the counts are {counts}; they are {last}");
        return last;
    }

    private Task<TestLayer> StartWithAsync(PersonTranslator persons, IMedium medium) => TestLayer.StartAsync(
        Source.ConnectionString, Store, medium, null, null,
        layer =>
        {
            layer.Services.AddSingleton<ITranslator>(persons);
            layer.AddTranslator<ContractTranslator>();
        },
        SourceSettings);
}
