using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

public sealed class PumpOverPostgresTests : PumpContract
{
    protected override async Task<TestSource> StartSourceAsync() => await PostgresLegacy.CreateAsync("pump");

    protected override (string Key, string Value)[] SourceSettings => [("AntiCorruption:Slot", ((PostgresLegacy)Source).Slot)];

    [Fact]
    [Behaviour(25)]
    public async Task A_slot_that_is_dropped_while_it_is_read_is_made_again_and_what_was_deleted_meanwhile_disappears()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'kept'), (2, 'deleted')");
        await using var layer = await StartAsync(settings: ("AntiCorruption:OnGap", "Backfill"));
        await layer.UntilCaughtUpAsync();
        var slot = ((PostgresLegacy)Source).Slot;

        // Committed between the two slots: no stream ever has it.
        await using var connection = await Source.ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("delete from person where id = 2", transaction: transaction);
        await Wait.UntilAsync(() => DroppedAsync(slot), "the slot is dropped");
        await transaction.CommitAsync();
        await Wait.UntilAsync(() => consumer.State.GetValueOrDefault("person/2")?.Contains("gone", StringComparison.Ordinal) == true, "the deleted row is taken back");

        await layer.UntilCaughtUpAsync();
        Assert.Equal("""test.person.stated.v1 {"name":"kept"}""", consumer.State["person/1"]);
    }

    [Fact]
    [Behaviour(25)]
    public async Task A_row_that_is_on_its_way_when_the_slot_is_dropped_and_is_deleted_before_the_next_one_disappears()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        var slow = new FaultyMedium(Medium) { ConfirmTakes = TimeSpan.FromSeconds(2) };
        await using var layer = await StartAsync(slow, settings: ("AntiCorruption:OnGap", "Backfill"));
        await layer.UntilCaughtUpAsync();

        // Consumers have it, and the layer does not know yet that they have.
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'deleted')");
        await Wait.UntilAsync(() => consumer.State.ContainsKey("person/1"), "the row is told");
        await using var connection = await Source.ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("delete from person where id = 1", transaction: transaction);
        await Wait.UntilAsync(() => DroppedAsync(((PostgresLegacy)Source).Slot), "the slot is dropped");
        await transaction.CommitAsync();

        await Wait.UntilAsync(() => consumer.State["person/1"].Contains("gone", StringComparison.Ordinal), "the deleted row is taken back");
    }

    [Fact]
    [Behaviour(11)]
    public async Task A_truncate_stops_the_layer_by_name_when_the_transactions_before_it_were_told_and_nothing_after()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await using var layer = await StartAsync();
        await layer.UntilAsync("streaming");

        await Source.ExecuteAsync("insert into person (id, name) values (1, 'before')");
        await Source.InTransactionAsync("insert into person (id, name) values (2, 'in it')", "truncate person");
        await Source.ExecuteAsync("insert into person (id, name) values (3, 'after')");
        string? problem = null;
        await Wait.UntilAsync(async () => (problem = (await layer.LagAsync()).GetProperty("problem").GetString()) is not null, "the layer has a problem");
        await Wait.UntilAsync(() => consumer.State.ContainsKey("person/1"), "what came before is told");

        Assert.StartsWith("Table person was truncated, committed at ", problem, StringComparison.Ordinal);
        Assert.Contains("AntiCorruption:OnTruncate=Backfill", problem, StringComparison.Ordinal);
        Assert.Equal(["person/1"], consumer.State.Keys);
    }

    [Fact]
    [Behaviour(11)]
    public async Task A_truncated_table_is_read_again_and_rows_that_are_gone_are_taken_back_whoever_told_them()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'old'), (2, 'old')");
        await Source.ExecuteAsync("insert into contract (id) values (1)");
        await using var layer = await StartAsync(settings: ("AntiCorruption:OnTruncate", "Backfill"));
        await layer.UntilCaughtUpAsync();
        var contract = consumer.State["contract/1"];

        // As a legacy does that fills a table anew every night. Rows 1 to 3 came by a backfill, by the stream, and in the same transaction.
        await Source.ExecuteAsync("insert into person (id, name) values (3, 'streamed')");
        await Source.InTransactionAsync(
            "insert into person (id, name) values (4, 'in it')", "truncate person", "insert into person (id, name) values (2, 'again')", "insert into person (id, name) values (5, 'new')");
        await Wait.UntilAsync(() => ((string[])["person/1", "person/3", "person/4"]).All(Gone), "the rows that are gone are taken back");
        await layer.UntilCaughtUpAsync();

        Assert.Equal("""test.person.stated.v1 {"name":"again"}""", consumer.State["person/2"]);
        Assert.Equal("""test.person.stated.v1 {"name":"new"}""", consumer.State["person/5"]);
        Assert.Equal(contract, consumer.State["contract/1"]);
        Assert.Equal((2, "complete"), Backfill(await layer.BackfillAsync("person")));
        Assert.Equal((1, "complete"), Backfill(await layer.BackfillAsync("contract")));

        await Source.ExecuteAsync("truncate person");
        await Wait.UntilAsync(() => Gone("person/2") && Gone("person/5"), "the table is empty at the consumer too");

        bool Gone(string key) => consumer.State[key].Contains("gone", StringComparison.Ordinal);

        static (int, string?) Backfill(JsonElement table) => (table.GetProperty("generation").GetInt32(), table.GetProperty("state").GetString());
    }

    [Fact]
    [Behaviour(11)]
    public async Task A_row_that_a_killed_layer_read_and_told_is_taken_back_when_its_table_was_truncated_meanwhile()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await Source.InsertPersonsAsync(3);
        // Without confirms nothing is saved, as when the layer is killed before they come.
        await using (await StartAsync(new FaultyMedium(Medium) { SwallowConfirms = true }, settings: ("AntiCorruption:OnTruncate", "Backfill")))
        {
            await Wait.UntilAsync(() => consumer.State.Count == 3, "the rows are told");
        }

        await Source.InTransactionAsync("truncate person", "insert into person (id, name) values (2, 'again')");
        await using var layer = await StartAsync(settings: ("AntiCorruption:OnTruncate", "Backfill"));

        await Wait.UntilAsync(() => Gone("person/1") && Gone("person/3"), "the rows that are gone are taken back");
        Assert.Equal("""test.person.stated.v1 {"name":"again"}""", consumer.State["person/2"]);

        bool Gone(string key) => consumer.State[key].Contains("gone", StringComparison.Ordinal);
    }

    [Fact]
    [Behaviour(29)]
    public async Task The_rows_of_a_transaction_are_put_down_while_it_goes_on_so_that_memory_holds_few_of_them()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        // As in the middle of a transaction: half of its messages are confirmed, the rest is on its way.
        var medium = new FaultyMedium(Medium) { SwallowConfirmsAfter = 20_000 };
        await using var layer = await StartAsync(medium);
        await layer.UntilCaughtUpAsync();

        await Source.InsertPersonsAsync(20_000);
        await using var store = new Microsoft.Data.Sqlite.SqliteConnection(Store);
        await Wait.UntilAsync(async () => await store.ExecuteScalarAsync<long>("select count(*) from acl_rows") > 0, "rows are put down");

        Assert.Equal("0 0 {} {}", await layer.CountsAsync("person", 0));
    }

    [Fact]
    [Behaviour(3)]
    public async Task The_slot_never_stands_ahead_of_the_stored_checkpoint_nor_that_ahead_of_what_is_confirmed()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        var faulty = new FaultyMedium(Medium);
        var witness = new WitnessFeed(Source.OpenFeed(), Store, faulty);
        var layer = await StartAsync(faulty, witness);
        await layer.UntilCaughtUpAsync();
        var slot = ((PostgresLegacy)Source).Slot;
        using var stop = new CancellationTokenSource();
        var watching = WatchAsync(slot, stop.Token);
        try
        {
            for (var number = 1; number <= 300; number++)
            {
                await Source.InTransactionAsync($"insert into person (id, name) values ({number}, 'n')", $"update person set name = 'm' where id = {number}");
                if (number % 40 == 0) faulty.FailNextConfirms = 1;
                if (number % 70 == 0) await Source.ExecuteAsync($"select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '{slot}' and active");
                if (number % 100 != 0) continue;
                Assert.Empty(witness.Violations);
                // As a kill leaves it: sent, and not stored.
                faulty.SwallowConfirms = true;
                await Source.ExecuteAsync($"update person set name = 'o' where id = {number}");
                await layer.DisposeAsync();
                faulty.SwallowConfirms = false;
                witness = new WitnessFeed(Source.OpenFeed(), Store, faulty);
                layer = await StartAsync(faulty, witness);
            }

            await layer.UntilCaughtUpAsync();
        }
        finally
        {
            await stop.CancelAsync();
            await layer.DisposeAsync();
        }

        var (looks, ahead) = await watching;
        Assert.Empty(ahead);
        Assert.True(looks > 50, $"The slot was looked at {looks} times.");
        Assert.True(witness.Acknowledged > 0);
        Assert.Empty(witness.Violations);
        Assert.Equal(300, consumer.State.Count);
    }

    /// <summary>Looks at the slot first and then at the checkpoint, which only grows: whatever happens in between, the slot must not be ahead.</summary>
    private async Task<(int Looks, List<string> Ahead)> WatchAsync(string slot, CancellationToken stop)
    {
        var (looks, ahead) = (0, new List<string>());
        await using var source = await Source.ConnectAsync();
        await using var store = new Microsoft.Data.Sqlite.SqliteConnection(Store);
        while (!stop.IsCancellationRequested)
        {
            var confirmed = await source.ExecuteScalarAsync<NpgsqlTypes.NpgsqlLogSequenceNumber>("select confirmed_flush_lsn from pg_replication_slots where slot_name = @slot", new { slot });
            var stored = (ulong)await store.ExecuteScalarAsync<long>("select position from acl_checkpoint");
            if ((ulong)confirmed > stored) ahead.Add($"slot {confirmed}, stored {new NpgsqlTypes.NpgsqlLogSequenceNumber(stored)}");
            looks++;
        }

        return (looks, ahead);
    }

    [Fact]
    [Behaviour(28)]
    public async Task A_key_that_old_rows_no_longer_carry_stops_its_table_and_the_table_is_healed_when_they_do_again()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await Source.ExecuteAsync("insert into person (id, name, note) values (1, 'deleted', 'a'), (2, 'moved', 'b'), (3, 'kept', 'c')");
        await using (var layer = await StartAsync())
        {
            await layer.UntilCaughtUpAsync();
            await Source.ExecuteAsync("alter table person alter column note set not null");
            await Source.ExecuteAsync("create unique index person_note on person (note)");
            await Source.ExecuteAsync("alter table person replica identity using index person_note");
            await Source.ExecuteAsync("delete from person where id = 1");
            await Source.ExecuteAsync("update person set id = 20 where id = 2");
            await Source.ExecuteAsync("insert into contract values (7, 1, 'A')");
            await Wait.UntilAsync(() => consumer.State.ContainsKey("contract/7"), "the other table flows");
            Assert.StartsWith("Column 'id' of table 'person' is not in its replica identity any more: ", await HeldAsync(layer), StringComparison.Ordinal);
            Assert.Equal(3, consumer.State.Keys.Count(static key => key.StartsWith("person/", StringComparison.Ordinal)));
            await layer.CountsAsync("person", 5);
        }

        Assert.Contains("""is not in its replica identity: a delete, or another key, would not say which row it was: alter table "public"."person" replica identity using index "person_pkey";""", await ProblemAsync(), StringComparison.Ordinal);
        await Source.ExecuteAsync("alter table person replica identity using index person_pkey");
        Assert.Contains("AntiCorruption:OnGap=Backfill", await ProblemAsync(), StringComparison.Ordinal);
        await using var healed = await StartAsync(settings: ("AntiCorruption:OnGap", "Backfill"));
        await Wait.UntilAsync(
            () => consumer.State["person/1"] == "test.person.gone.v1 {}" && consumer.State["person/2"] == "test.person.gone.v1 {}" && consumer.State.ContainsKey("person/20"), "the gap is healed");
        await healed.UntilCaughtUpAsync();

        Assert.Null(await HeldAsync(healed));
        Assert.Equal(0, (await healed.LagAsync()).GetProperty("quarantine").GetProperty("open").GetInt32());

        async Task<string> ProblemAsync()
        {
            await using var stopped = await StartAsync();
            string? problem = null;
            await Wait.UntilAsync(async () => (problem = (await stopped.LagAsync()).GetProperty("problem").GetString()) is not null, "the layer has a problem");
            return problem!;
        }
    }

    private async Task<bool> DroppedAsync(string slot)
    {
        try
        {
            await Source.ExecuteAsync($"select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '{slot}' and active");
            await Source.ExecuteAsync($"select pg_drop_replication_slot('{slot}')");
            return true;
        }
        catch (Npgsql.PostgresException busy) when (busy.SqlState == Npgsql.PostgresErrorCodes.ObjectInUse)
        {
            return false;
        }
    }

    [Fact]
    [Behaviour(34)]
    public async Task A_column_of_another_type_stops_its_table_until_somebody_accepts_the_shape()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        string held;
        await using (var layer = await StartAsync())
        {
            await Source.ExecuteAsync("insert into person (id, name) values (1, 'before')");
            await consumer.UntilAsync(2);
            await Source.ExecuteAsync("alter table person alter column name type varchar(10)");
            await Source.ExecuteAsync("insert into person (id, name) values (2, 'after')");
            await layer.CountsAsync("person", 2);
            held = (await HeldAsync(layer))!;
        }

        var fingerprint = held[(held.LastIndexOf('=') + 1)..^1];
        await using var accepted = await StartAsync(settings: ("AntiCorruption:AcceptShapes:person", fingerprint));
        await Wait.UntilAsync(() => consumer.State.ContainsKey("person/2"), "what waited came");

        Assert.StartsWith("Table 'person' changed its shape: column 'name' is character varying(10), was text. ", held, StringComparison.Ordinal);
        Assert.Null(await HeldAsync(accepted));
    }

    [Fact]
    [Behaviour(37, 38)]
    public async Task A_large_value_that_does_not_come_with_a_change_is_never_missing_where_it_was_not_told_before()
    {
        await Source.ExecuteAsync("create table sheet (id integer primary key, label integer, note text, large text)");
        await Source.ExecuteAsync("alter table sheet alter column large set storage external");
        await Source.ExecuteAsync("insert into sheet (id, label, large) select n, n, repeat('x', 3000) from generate_series(1, 3) n");
        await using var store = await GuardedStore.StartAsync(Medium, "test.sheet.stated.v1", "test.sheet.gone.v1");
        var recording = new FaultyMedium(Medium);
        await using var layer = await TestLayer.StartAsync(
            Source.ConnectionString, Store, recording, null, null, static layer => layer.AddTranslator<SheetTranslator>(), SourceSettings);
        await layer.UntilCaughtUpAsync();

        // Under another key: nobody has it there. What changes again before it is told waits too.
        await Source.ExecuteAsync("update sheet set id = 10, label = 4 where id = 1");
        await Source.ExecuteAsync("update sheet set label = 5 where id = 10");
        await Wait.UntilAsync(() => store.Rows.GetValueOrDefault("sheet/10") == $"5|{new string('x', 3000)}", "the moved row is told whole");

        // In a table that was not read to its end.
        await layer.PostAsync("/backfill/start", new { table = "sheet" });
        await layer.PostAsync("/backfill/cancel", new { table = "sheet" });
        var told = recording.Published.Count;
        await Source.ExecuteAsync("update sheet set label = 6 where id = 2");
        await Wait.UntilAsync(() => store.Rows["sheet/2"].StartsWith("6|", StringComparison.Ordinal), "the row is told");

        // Nor does it count as read to its end when a few of its rows were read after that.
        await layer.PostAsync("/backfill/start", new { table = "sheet", filter = "id > 100" });
        await layer.UntilAsync("sheet", static table => table.GetProperty("state").GetString() == "complete");
        await Source.ExecuteAsync("update sheet set label = 7 where id = 3");
        await Wait.UntilAsync(() => store.Rows["sheet/3"].StartsWith("7|", StringComparison.Ordinal), "the row is told");
        await layer.UntilCaughtUpAsync();

        Assert.Empty(store.Incomplete);
        Assert.False(store.Rows.ContainsKey("sheet/1"));
        Assert.All(recording.Published.Skip(told), static message => Assert.Contains("\"large_is_unchanged\":false", TestConsumer.Text(message), StringComparison.Ordinal));
        Assert.Equal(0, (await layer.LagAsync()).GetProperty("quarantine").GetProperty("open").GetInt32());
    }

    [Fact]
    [Behaviour(42)]
    public async Task A_parked_row_waits_in_a_store_on_PostgreSQL_too()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await using var store = await TestDatabase.CreateAsync("layer");
        await using (var first = await TestLayer.StartAsync(Source.ConnectionString, store.ConnectionString, Medium, settings: SourceSettings))
        {
            await first.UntilAsync("streaming");
            await Source.ExecuteAsync("insert into person (id, name) values (1, 'throw'), (2, 'refuse')");
            await Source.ExecuteAsync("update person set id = 3, name = 'moved' where id = 1");
            await first.CountsAsync("person", 3);
        }

        await using var second = await TestLayer.StartAsync(Source.ConnectionString, store.ConnectionString, Medium, settings: SourceSettings);
        await second.UntilAsync("streaming");
        await Source.ExecuteAsync("update person set name = 'last' where id = 3");
        Assert.Equal("""4 0 {} {"T1.refused":1,"behind-parked":2,"translator-failed":1}""", await second.CountsAsync("person", 4));
        Assert.Equal("""{"open":4,"superseded":0,"parked_keys":2,"queued":2}""", (await second.LagAsync()).GetProperty("quarantine").ToString());
        Assert.Equal([2, 0], (await second.GetAsync("/quarantine")).Body.EnumerateArray().Select(static row => row.GetProperty("waiting").GetInt32()));
        second.Persons.NoLongerThrows = true;
        var (_, retried) = await second.PostAsync("/quarantine/retry", new { all = true });

        Assert.Equal((3, 1), (retried.GetProperty("published").GetInt32(), retried.GetProperty("refused").GetInt32()));
        await Wait.UntilAsync(() => consumer.State.Count == 2, "both keys are told");
        Assert.Equal(("test.person.gone.v1 {}", """test.person.stated.v1 {"name":"last"}"""), (consumer.State["person/1"], consumer.State["person/3"]));
    }

    [Fact]
    [Behaviour(37)]
    public async Task A_large_value_of_a_refused_change_is_not_missing_when_a_later_one_is_understood()
    {
        await Source.ExecuteAsync("create table sheet (id integer primary key, label integer, note text, large text)");
        await Source.ExecuteAsync("alter table sheet alter column large set storage external");
        await using var store = await GuardedStore.StartAsync(Medium, "test.sheet.stated.v1", "test.sheet.gone.v1");
        var translator = new SheetTranslator();
        await using var layer = await TestLayer.StartAsync(
            Source.ConnectionString, Store, Medium, null, null, layer => layer.Services.AddSingleton<ITranslator>(translator), SourceSettings);
        await layer.UntilCaughtUpAsync();

        await Source.ExecuteAsync("insert into sheet (id, label, large) values (1, -2, repeat('x', 3000)), (2, -1, repeat('y', 3000))");
        await Source.ExecuteAsync("update sheet set label = 4 where id = 1");
        await Source.ExecuteAsync("update sheet set label = 5 where id = 2");
        await Wait.UntilAsync(() => store.Rows.GetValueOrDefault("sheet/1") == $"4|{new string('x', 3000)}", "the row that was refused is told whole");
        await layer.UntilCaughtUpAsync();
        Assert.False(store.Rows.ContainsKey("sheet/2"));

        // What made the translator throw is refused now, and what waited behind lacks what that change held.
        translator.NoLongerThrows = true;
        await layer.PostAsync("/quarantine/retry", new { all = true });
        await Wait.UntilAsync(() => store.Rows.GetValueOrDefault("sheet/2") == $"5|{new string('y', 3000)}", "the row that was parked is told whole");

        Assert.Empty(store.Incomplete);
        await layer.UntilCaughtUpAsync();
        Assert.Equal("""{"open":0,"superseded":2,"parked_keys":0,"queued":0}""", (await layer.LagAsync()).GetProperty("quarantine").ToString());
    }

    [Fact]
    [Behaviour(66)]
    public async Task A_source_that_says_nothing_any_more_is_told_by_health_and_so_is_that_it_speaks_again()
    {
        using var relay = new TcpRelay(Source.ConnectionString);
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await using var layer = await TestLayer.StartAsync(relay.To(Source.ConnectionString), Store, Medium, settings: [("AntiCorruption:StuckAfter", "00:00:02"), .. SourceSettings]);
        await layer.UntilCaughtUpAsync();

        relay.Freeze();
        await Wait.UntilAsync(async () => (await layer.GetAsync("/health")) is { Status: 503 } health && health.Body.ToString().Contains("the source has been silent for ", StringComparison.Ordinal), "health fails");
        relay.Thaw();
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'heard')");

        await Wait.UntilAsync(() => consumer.State.ContainsKey("person/1"), "the change came");
        await Wait.UntilAsync(async () => (await layer.GetAsync("/health")).Status == 200, "health passes again");
    }

    [Fact]
    [Behaviour(70)]
    public async Task The_password_of_a_source_is_in_no_log_and_no_answer()
    {
        using var log = new TestLog();
        await using var layer = await TestLayer.StartAsync("Host=127.0.0.1;Port=1;Username=legacy;Password=Confidential123;Database=legacy", Store, Medium, null, log, SourceSettings);
        await layer.UntilAsync("retrying");

        var answers = $"{await layer.LagAsync()} {(await layer.GetAsync("/health")).Body} {(await layer.GetAsync("/doctor")).Body}";

        Assert.Contains("127.0.0.1:1", answers, StringComparison.Ordinal);
        Assert.DoesNotContain("Confidential123", answers, StringComparison.Ordinal);
        Assert.NotEmpty(log.Lines);
        Assert.DoesNotContain(log.Lines, static line => line.Contains("Confidential123", StringComparison.Ordinal));
    }

    [Fact]
    [Behaviour(34)]
    public async Task A_held_table_is_released_while_the_layer_runs_when_a_person_accepts_its_shape()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await using var layer = await StartAsync();
        await layer.UntilCaughtUpAsync();
        await Source.ExecuteAsync("alter table person alter column name type varchar(10)");
        await Source.ExecuteAsync("insert into person (id, name) values (2, 'after')");
        await layer.CountsAsync("person", 1);
        var held = (await HeldAsync(layer))!;

        var (unknown, _) = await layer.PostAsync("/tables/release", new { table = "nowhere" });
        var (flowing, _) = await layer.PostAsync("/tables/release", new { table = "contract" });
        var (wrong, _) = await layer.PostAsync("/tables/release", new { table = "person", accept = "000000000000" });
        var (looked, still) = await layer.PostAsync("/tables/release", new { table = "person" });
        var (accepted, flows) = await layer.PostAsync("/tables/release", new { table = "person", accept = held[(held.LastIndexOf('=') + 1)..^1] });
        await Wait.UntilAsync(() => consumer.State.ContainsKey("person/2"), "what waited came");

        Assert.Equal((404, 409, 409, 200, 200), (unknown, flowing, wrong, looked, accepted));
        Assert.Equal(held, still.GetProperty("held").GetString());
        Assert.Equal(JsonValueKind.Null, flows.GetProperty("held").ValueKind);
    }

    [Theory]
    [Behaviour(25)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_table_that_was_not_published_for_a_while_is_named_and_backfilled_only_if_allowed(bool whileStopped)
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        var layer = await StartAsync();
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'before'), (2, 'before')");
        await consumer.UntilAsync(4);
        await layer.UntilCaughtUpAsync();
        if (whileStopped) await layer.DisposeAsync();
        await Source.ExecuteAsync("alter publication strangler drop table person");
        await Source.ExecuteAsync("update person set name = 'unseen' where id = 1; delete from person where id = 2;");
        await Source.ExecuteAsync("alter publication strangler add table person");
        if (whileStopped) layer = await StartAsync();

        var problem = "";
        await Wait.UntilAsync(
            async () => (problem = (await layer.LagAsync()).GetProperty("problem").GetString() ?? "").StartsWith("Table 'person' was made again, or taken out of the publication for a while", StringComparison.Ordinal),
            "the gap is named");
        await layer.DisposeAsync();
        await using var healed = await StartAsync(settings: ("AntiCorruption:OnGap", "Backfill"));
        await Wait.UntilAsync(
            () => consumer.State["person/1"] == """test.person.stated.v1 {"name":"unseen"}""" && consumer.State["person/2"] == "test.person.gone.v1 {}", "the gap is healed");

        Assert.Contains("AntiCorruption:OnGap=Backfill", problem, StringComparison.Ordinal);
    }
}
