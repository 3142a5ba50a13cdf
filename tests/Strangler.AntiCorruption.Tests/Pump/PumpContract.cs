using System.Text.Json;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>What the anti-corruption layer promises, over every kind of source.</summary>
public abstract partial class PumpContract : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("strangler-acl-").FullName;

    protected TestSource Source { get; private set; } = null!;

    protected InProcessMedium Medium { get; } = new();

    protected string Store => $"Data Source={Path.Combine(folder, "acl.db")}";

    public async ValueTask InitializeAsync()
    {
        Source = await StartSourceAsync();
        await Source.CreateTablesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Source is not null) await Source.DisposeAsync();
        await using (var pooled = new Microsoft.Data.Sqlite.SqliteConnection(Store)) Microsoft.Data.Sqlite.SqliteConnection.ClearPool(pooled);
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected abstract Task<TestSource> StartSourceAsync();

    protected Task<TestLayer> StartAsync(IMedium? medium = null, IChangeFeed? feed = null, TestLog? log = null, params (string Key, string Value)[] settings) =>
        TestLayer.StartAsync(Source.ConnectionString, Store, medium ?? Medium, feed, log, [.. SourceSettings, .. settings]);

    protected virtual (string Key, string Value)[] SourceSettings => [];

    [Fact]
    public async Task Rows_that_exist_and_changes_afterwards_become_messages_and_every_change_is_accounted_for()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'Ana'), (2, 'skip')");
        await using var layer = await StartAsync();
        await layer.UntilAsync("streaming");

        await Source.ExecuteAsync("insert into person (id, name) values (3, 'Bea')");
        await Source.ExecuteAsync("insert into contract values (7, 3, 'A')");
        await Source.ExecuteAsync("update contract set state = 'F' where id = 7");
        await Source.ExecuteAsync("delete from person where id = 1");
        await consumer.UntilAsync(7);

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["person/1"] = "test.person.gone.v1 {}",
                ["person/3"] = """test.person.stated.v1 {"name":"Bea"}""",
                ["contract/7"] = """test.contract.moved.v1 {"from":"A","to":"F"}""",
            },
            consumer.State);
        Assert.Equal("""4 3 {"not-wanted":1} {}""", await layer.CountsAsync("person", 4));
        Assert.Equal("2 2 {} {}", await layer.CountsAsync("contract", 2));
    }

    [Fact]
    public async Task Facts_of_one_change_share_its_version_and_carry_ids_source_time_and_warnings()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await using var layer = await StartAsync(settings: ("AntiCorruption:Source", "urn:test:legacy"));
        await layer.UntilAsync("streaming");
        var before = DateTimeOffset.UtcNow.AddSeconds(-2);

        await Source.InTransactionAsync("insert into person (id, name) values (1, 'Ana')", "update person set name = 'Bea' where id = 1");
        var messages = (await consumer.UntilAsync(4)).OrderBy(static message => message.Version).ThenBy(static message => message.Type).ToList();

        Assert.Equal(messages[0].Version, messages[1].Version);
        Assert.True(messages[1].Version < messages[2].Version);
        Assert.Equal(messages[2].Version, messages[3].Version);
        Assert.Equal(4, messages.Select(static message => message.Id).Distinct().Count());
        Assert.All(messages, message =>
        {
            Assert.Equal("urn:test:legacy", message.Source);
            Assert.InRange(message.Id.Length, 1, 255);
            Assert.InRange(message.Time, before, DateTimeOffset.UtcNow.AddSeconds(2));
        });
        Assert.Equal(["name.guessed"], messages[1].Warnings);
    }

    [Fact]
    [Behaviour(10)]
    public async Task A_row_that_changes_its_key_is_one_gone_and_then_one_come_linked_by_their_version()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        var recording = new FaultyMedium(Medium);
        await using var layer = await StartAsync(recording);
        await layer.UntilAsync("streaming");
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'Ana')");
        await consumer.UntilAsync(2);

        await Source.ExecuteAsync("update person set id = 2 where id = 1");
        await consumer.UntilAsync(5);

        Assert.Equal(["person/1 test.person.gone.v1", "person/2 test.person.stated.v1", "person/2 test.person.stated.v2"],
            recording.Published.Skip(2).Select(static message => $"{message.Key} {message.Type}"));
        Assert.Single(recording.Published.Skip(2).Select(static message => message.Version).Distinct());
        Assert.Equal(("test.person.gone.v1 {}", """test.person.stated.v1 {"name":"Ana"}"""), (consumer.State["person/1"], consumer.State["person/2"]));
        Assert.Equal("2 2 {} {}", await layer.CountsAsync("person", 2));

        // What nobody understands under its new key is gone under the old one all the same.
        await Source.ExecuteAsync("update person set id = 3, name = 'refuse' where id = 2");
        await consumer.UntilAsync(6);
        Assert.Equal("test.person.gone.v1 {}", consumer.State["person/2"]);
        Assert.Equal("""3 2 {} {"T1.refused":1}""", await layer.CountsAsync("person", 3));
    }

    [Fact]
    public async Task A_restart_goes_on_after_the_checkpoint_and_backfills_nothing_twice()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await Source.InsertPersonsAsync(50);
        await using (var first = await StartAsync())
        {
            await first.UntilAsync("streaming");
            await Source.ExecuteAsync("update person set name = 'm' where id = 1");
            await consumer.UntilAsync(102);
            Assert.Equal("51 51 {} {}", await first.CountsAsync("person", 51));
        }

        await Source.ExecuteAsync("update person set name = 'o' where id = 2");
        await using var second = await StartAsync();
        Assert.Equal("52 52 {} {}", await second.CountsAsync("person", 52));

        Assert.Equal(104, consumer.Received.Count);
        Assert.Equal("""test.person.stated.v1 {"name":"o"}""", consumer.State["person/2"]);
    }

    [Fact]
    public async Task Messages_that_were_published_but_not_checkpointed_come_again_byte_for_byte()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        var recording = new FaultyMedium(Medium);
        await using (var first = await StartAsync(recording))
        {
            await first.UntilAsync("streaming");
            // The medium has the messages, the layer never learns it: as if it had been killed before its checkpoint.
            recording.SwallowConfirms = true;
            await Source.InTransactionAsync("insert into person (id, name) values (1, 'Ana')", "insert into person (id, name) values (2, 'Bea')");
            await consumer.UntilAsync(4);
        }

        await using var second = await StartAsync();
        var messages = await consumer.UntilAsync(8);
        Assert.Equal("2 2 {} {}", await second.CountsAsync("person", 2));

        var copies = messages.GroupBy(static message => message.Id).ToList();
        Assert.Equal(4, copies.Count);
        Assert.All(copies, static copy =>
        {
            var (one, other) = (copy.First(), copy.Last());
            Assert.Equal(2, copy.Count());
            Assert.Equal(one with { Data = default, Warnings = [] }, other with { Data = default, Warnings = [] });
            Assert.Equal(one.Data.ToArray(), other.Data.ToArray());
            Assert.Equal(one.Warnings, other.Warnings);
        });
    }

    [Fact]
    public async Task A_publish_failure_is_answered_by_a_new_publisher_that_resends_in_order_from_the_checkpoint()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        var faulty = new FaultyMedium(Medium);
        await using var layer = await StartAsync(faulty);
        await layer.UntilAsync("streaming");
        for (var number = 1; number <= 60; number++)
        {
            var failures = faulty.Failures;
            if (number % 10 == 0) faulty.FailNextConfirms = 1;
            await Source.ExecuteAsync(number <= 5
                ? $"insert into person (id, name) values ({number}, '{number}')"
                : $"update person set name = '{number}' where id = {(number % 5) + 1}");
            if (number % 20 == 0) await Wait.UntilAsync(() => faulty.Failures > failures, "a publish failed");
        }

        Assert.Equal("60 60 {} {}", await layer.CountsAsync("person", 60));
        Assert.InRange(faulty.Failures, 3, 6);
        for (var id = 1; id <= 5; id++)
        {
            Assert.Equal($$"""test.person.stated.v1 {"name":"{{(id == 1 ? 60 : 54 + id)}}"}""", consumer.State[$"person/{id}"]);
        }
    }

    [Fact]
    [Behaviour(66)]
    public async Task A_translator_that_does_not_come_to_an_end_is_told_by_health_and_so_is_that_it_did()
    {
        await using var layer = await StartAsync(settings: ("AntiCorruption:StuckAfter", "00:00:01"));
        await layer.UntilCaughtUpAsync();
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'hold')");

        await Wait.UntilAsync(async () => (await layer.GetAsync("/health")) is { Status: 503 } health && health.Body.ToString().Contains("translators have been at the same changes for ", StringComparison.Ordinal), "health fails");
        layer.Persons.Release();

        await Wait.UntilAsync(async () => (await layer.GetAsync("/health")).Status == 200, "health passes again");
    }

    [Fact]
    [Behaviour(66)]
    public async Task A_medium_that_never_confirms_is_given_up_and_the_layer_says_so()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        var faulty = new FaultyMedium(Medium) { SwallowConfirms = true };
        await using var layer = await StartAsync(faulty, settings: [("AntiCorruption:ConfirmTimeout", "00:00:01"), ("AntiCorruption:StuckAfter", "00:00:01")]);
        await layer.UntilAsync("streaming");

        await Source.ExecuteAsync("insert into person (id, name) values (1, 'Ana')");
        await Wait.UntilAsync(async () => (await layer.GetAsync("/health")).Status == 503, "health fails");
        faulty.SwallowConfirms = false;

        Assert.Equal("1 1 {} {}", await layer.CountsAsync("person", 1));
        await Wait.UntilAsync(async () => (await layer.GetAsync("/health")).Status == 200, "health passes again");
    }

    [Fact]
    [Behaviour(20)]
    public async Task A_row_that_would_give_a_message_over_the_size_limit_waits_in_quarantine_and_the_stream_goes_on()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await using var layer = await StartAsync(settings: ("AntiCorruption:MaxMessageBytes", "2000"));
        await layer.UntilAsync("streaming");
        var huge = new string('x', 3_000);

        await Source.ExecuteAsync($"insert into person (id, name) values (1, 'Ana'), (2, '{huge}'), (3, 'Bea')");
        await Source.ExecuteAsync("insert into person (id, name) values (4, 'Cid')");
        await consumer.UntilAsync(6);

        Assert.Equal(["person/1", "person/3", "person/4"], consumer.State.Keys.Order());
        await Wait.UntilAsync(async () => (await layer.GetAsync("/quarantine")).Body.GetArrayLength() > 0, "the refusal is stored");
        var refused = Assert.Single((await layer.GetAsync("/quarantine")).Body.EnumerateArray());
        Assert.Equal(
            ("too-large", "Message test.person.stated.v1 would have 3011 bytes; AntiCorruption:MaxMessageBytes allows 2000."),
            (refused.GetProperty("rule").GetString(), refused.GetProperty("reason").GetString()));
        await Source.ExecuteAsync("update person set name = 'Bo' where id = 2");
        await consumer.UntilAsync(8);
        Assert.Equal("""test.person.stated.v1 {"name":"Bo"}""", consumer.State["person/2"]);
    }

    [Fact]
    [Behaviour(41, 70)]
    public async Task Refused_rows_wait_in_quarantine_and_stop_nobody_and_no_value_is_told()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        using var log = new TestLog();
        await Source.ExecuteAsync("insert into person (id, name, note) values (1, 'refuse', 'Confidential 123')");
        await using var layer = await StartAsync(log: log);
        await layer.UntilAsync("streaming");

        await Source.ExecuteAsync("insert into person (id, name, note) values (2, 'throw', 'Confidential 123')");
        await Source.ExecuteAsync("insert into person (id, name, note) values (3, 'unknown-column', 'Confidential 123')");
        await Source.ExecuteAsync("insert into person (id, name, note) values (4, 'wrong-type', 'Confidential 123')");
        await Source.ExecuteAsync("insert into person (id, name, note) values (5, 'fine', 'Confidential 123')");
        var counts = await layer.CountsAsync("person", 5);
        var (_, list) = await layer.GetAsync("/quarantine");

        Assert.Equal("""5 1 {} {"T1.refused":1,"column-missing":1,"translator-failed":2}""", counts);
        Assert.Equal(
            ["1 T1.refused", "2 translator-failed", "3 column-missing", "4 translator-failed"],
            list.EnumerateArray().Select(static row => $"{row.GetProperty("key").GetString()} {row.GetProperty("rule").GetString()}"));
        Assert.Equal("xxxxxxxxxxxx 999", list[0].GetProperty("columns").GetProperty("note").GetString());
        Assert.Contains("InvalidOperationException", list[1].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Confidential", list.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(log.Lines, static line => line.Contains("Confidential", StringComparison.Ordinal));
    }

    [Fact]
    [Behaviour(70)]
    public async Task Masked_columns_are_masked_before_anything_is_published_stored_or_told()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'Ana 42')");
        await using var layer = await StartAsync(settings: ("AntiCorruption:MaskedColumns:person:0", "name"));
        await layer.UntilCaughtUpAsync();
        await Source.ExecuteAsync("update person set name = 'Bea 7' where id = 1");
        await consumer.UntilAsync(4);

        Assert.All(consumer.Received, static message => Assert.Matches("xxx 9{1,2}", TestConsumer.Text(message)));
        var wrong = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => StartAsync(
            settings: [("AntiCorruption:MaskedColumns:person:0", "id"), ("AntiCorruption:MaskedColumns:nowhere:0", "name")]));
        Assert.Equal(
            [
                "AntiCorruption:MaskedColumns:nowhere names a table that no translator reads.",
                "AntiCorruption:MaskedColumns:person names 'id', the key column; a masked key would say nothing. Leave it out.",
            ],
            wrong.Failures.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_retried_change_is_published_at_its_original_version_and_moves_its_count()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await using var layer = await StartAsync();
        await layer.UntilAsync("streaming");
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'refuse')");
        await Source.ExecuteAsync("insert into person (id, name) values (2, 'later')");
        await layer.CountsAsync("person", 2);
        var later = (await consumer.UntilAsync(2))[0].Version;

        var (_, stillRefused) = await layer.PostAsync("/quarantine/retry", new { all = true });
        layer.Persons.UnderstandsRefused = true;
        var id = (await layer.GetAsync("/quarantine")).Body[0].GetProperty("id").GetString();
        var (_, published) = await layer.PostAsync("/quarantine/retry", new { ids = new[] { id, "no-such" } });
        var messages = await consumer.UntilAsync(4);

        Assert.Equal("refused", stillRefused.GetProperty("results")[0].GetProperty("outcome").GetString());
        Assert.Equal(["published", "unknown"], published.GetProperty("results").EnumerateArray().Select(static result => result.GetProperty("outcome").GetString()).OrderDescending().Reverse());
        Assert.All(messages.Where(static message => message.Key == "person/1"), message => Assert.True(message.Version < later));
        Assert.Equal("2 2 {} {}", await layer.CountsAsync("person", 2));
        Assert.Empty((await layer.GetAsync("/quarantine")).Body.EnumerateArray());
    }

    [Fact]
    public async Task A_later_good_row_supersedes_the_refused_one_also_across_a_restart()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await using (var first = await StartAsync())
        {
            await first.UntilAsync("streaming");
            await Source.ExecuteAsync("insert into person (id, name) values (1, 'refuse'), (2, 'refuse'), (3, 'refuse')");
            await first.CountsAsync("person", 3);
            await Source.ExecuteAsync("update person set name = 'good' where id = 1");
            await first.CountsAsync("person", 4);
        }

        await using var second = await StartAsync();
        await second.UntilAsync("streaming");
        await Source.ExecuteAsync("update person set name = 'good' where id = 2");
        Assert.Equal("""5 2 {} {"T1.refused":3}""", await second.CountsAsync("person", 5));

        var states = (await second.GetAsync("/quarantine")).Body.EnumerateArray().Select(static row => row.GetProperty("state").GetString());
        Assert.Equal(["superseded", "superseded", "open"], states);
        Assert.Equal("""{"open":1,"superseded":2,"parked_keys":0,"queued":0}""", (await second.LagAsync()).GetProperty("quarantine").ToString());
    }

    [Fact]
    public async Task Backfill_beside_live_changes_ends_with_the_state_of_the_source()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await Source.InsertPersonsAsync(6_000);
        await using var layer = await StartAsync(settings: ("AntiCorruption:BackfillChunkRows", "250"));
        for (var change = 0; change < 150; change++)
        {
            await Source.ExecuteAsync(change % 3 == 0 ? $"delete from person where id = {change * 40 + 1}" : $"update person set name = 'changed {change}' where id = {change * 40 + 1}");
        }

        await layer.UntilCaughtUpAsync();
        await using var connection = await Source.ConnectAsync();
        var rows = Dapper.SqlMapper.Query<(long Id, string Name)>(connection, "select id, name from person").ToDictionary(static row => $"person/{row.Id}", static row => $$"""test.person.stated.v1 {"name":"{{row.Name}}"}""");
        await Wait.UntilAsync(() => Task.FromResult(StateOfStore(consumer).Count == rows.Count), "the store has as many rows as the source");

        Assert.Equal(rows.OrderBy(static row => row.Key), StateOfStore(consumer).OrderBy(static row => row.Key));
    }

    [Fact]
    public async Task A_backfill_that_was_interrupted_goes_on_after_its_last_safe_chunk()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await Source.InsertPersonsAsync(5_000);
        var faulty = new FaultyMedium(Medium) { SwallowConfirmsAfter = 4_000 };
        await using (var first = await StartAsync(faulty, settings: [("AntiCorruption:BackfillChunkRows", "500"), ("AntiCorruption:BatchMessages", "200")]))
        {
            await first.UntilAsync("person", static table => table.GetProperty("rows").GetInt64() >= 1_000);
        }

        await using var second = await StartAsync();
        await second.UntilAsync("streaming");

        Assert.Equal("5000 5000 {} {}", await second.CountsAsync("person", 5_000));
        Assert.Equal(5_000, consumer.Received.Select(static message => message.Key).Distinct().Count());
        Assert.True(consumer.Received.Count < 15_000);
    }

    [Fact]
    [Behaviour(52)]
    public async Task A_paused_backfill_holds_still_while_changes_flow_and_then_goes_on_where_it_stood()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await using var layer = await StoppingHalfWayAsync(3_000);

        var (_, paused) = await layer.PostAsync("/backfill/pause", new { table = "person" });
        layer.Persons.Release();
        await layer.UntilAsync("streaming");
        await Source.ExecuteAsync("insert into person (id, name) values (9000, 'live')");
        await Wait.UntilAsync(() => consumer.State.ContainsKey("person/9000"), "a change comes while the backfill is paused");
        var held = (await layer.BackfillAsync("person")).GetProperty("rows").GetInt64();
        await layer.PostAsync("/backfill/resume", new { table = "person" });
        await layer.UntilAsync("streaming");

        Assert.Equal("paused", paused.GetProperty("state").GetString());
        Assert.InRange(held, 100, 2_900);
        Assert.Equal("3001 3001 {} {}", await layer.CountsAsync("person", 3_001));
        Assert.Equal(3_001, consumer.State.Count);
    }

    [Fact]
    [Behaviour(52)]
    public async Task A_cancelled_backfill_stays_ended_and_another_one_reads_only_the_rows_that_its_filter_names()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await using var layer = await StoppingHalfWayAsync(3_000);

        var (_, cancelled) = await layer.PostAsync("/backfill/cancel", new { table = "person" });
        layer.Persons.Release();
        await layer.UntilAsync("streaming");
        var rows = (await layer.BackfillAsync("person")).GetProperty("rows").GetInt32();
        var (running, _) = await layer.PostAsync("/backfill/pause", new { table = "person" });
        var (_, started) = await layer.PostAsync("/backfill/start", new { table = "person", filter = "id > 2900 and name = n" });
        await layer.UntilAsync("person", static table => table.GetProperty("state").GetString() == "complete");

        Assert.Equal(("cancelled", 409, "running"), (cancelled.GetProperty("state").GetString(), running, started.GetProperty("state").GetString()));
        Assert.InRange(rows, 100, 2_900);
        Assert.Equal("""[100,100,"id > 2900 and name = n"]""", $"[{(await layer.BackfillAsync("person")).GetProperty("rows")},{(await layer.BackfillAsync("person")).GetProperty("total")},\"{(await layer.BackfillAsync("person")).GetProperty("filter").GetString()}\"]");
        Assert.Equal($"{rows + 100} {rows + 100} {{}} {{}}", await layer.CountsAsync("person", rows + 100));
    }

    [Fact]
    [Behaviour(52)]
    public async Task A_medium_that_confirms_late_does_not_make_the_chunks_small()
    {
        await Source.InsertPersonsAsync(3_000);
        await using var consumer = await TestConsumer.StartAsync(Medium);
        var late = new FaultyMedium(Medium) { ConfirmTakes = TimeSpan.FromSeconds(1) };
        await using var witness = new WitnessFeed(Source.OpenFeed(), Store, late);
        await using var layer = await StartAsync(late, witness, settings: ("AntiCorruption:BackfillChunkTime", "00:00:00.500"));

        Assert.Equal("3000 3000 {} {}", await layer.CountsAsync("person", 3_000));
        Assert.InRange(witness.Chunks, 3, 8);
    }

    [Fact]
    [Behaviour(51)]
    public async Task A_table_that_cannot_be_read_fails_loudly_while_changes_and_other_tables_go_on()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await Source.ExecuteAsync("insert into contract values (7, 1, 'A')");
        await using var layer = await StartAsync();
        await layer.UntilAsync("streaming");

        await layer.PostAsync("/backfill/start", new { table = "person", filter = "nowhere = 1" });
        await layer.UntilAsync("person", static table => table.GetProperty("state").GetString() == "failed");
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'live')");
        await layer.PostAsync("/backfill/start", new { table = "contract" });
        await layer.UntilAsync("contract", static table => table.GetProperty("state").GetString() == "complete" && table.GetProperty("generation").GetInt32() == 2);
        var (status, health) = await layer.GetAsync("/health");
        await Wait.UntilAsync(() => consumer.State.ContainsKey("person/1"), "the change came");

        var failed = await layer.BackfillAsync("person");
        Assert.Contains("nowhere", failed.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, failed.GetProperty("completed_at").ValueKind);
        Assert.Equal(503, status);
        Assert.Contains("nowhere", health.ToString(), StringComparison.Ordinal);
        await layer.PostAsync("/backfill/start", new { table = "person" });
        await layer.UntilAsync("person", static table => table.GetProperty("state").GetString() == "complete");
        Assert.Equal(200, (await layer.GetAsync("/health")).Status);
    }

    [Fact]
    [Behaviour(53)]
    public async Task A_table_that_is_captured_later_appears_complete_and_the_others_are_not_read_again()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'Ana')");
        await Source.ExecuteAsync("insert into contract values (7, 1, 'A'), (8, 1, 'B')");
        await using (var first = await TestLayer.StartAsync(Source.ConnectionString, Store, Medium, null, null, static layer => layer.AddTranslator<PersonTranslator>(), SourceSettings))
        {
            await first.UntilAsync("streaming");
        }

        await Source.ExecuteAsync("update contract set state = 'C' where id = 8");
        await using var second = await StartAsync();
        await Source.ExecuteAsync("update person set name = 'Bea' where id = 1");
        await second.UntilCaughtUpAsync();

        Assert.Equal("2 2 {} {}", await second.CountsAsync("person", 2));
        Assert.Equal("2 2 {} {}", await second.CountsAsync("contract", 2));
        Assert.Equal(
            ["""contract/7 test.contract.moved.v1 {"to":"A"}""", """contract/8 test.contract.moved.v1 {"to":"C"}""", """person/1 test.person.stated.v1 {"name":"Bea"}"""],
            consumer.State.OrderBy(static row => row.Key).Select(static row => $"{row.Key} {row.Value.Replace("\"from\":null,", "", StringComparison.Ordinal)}"));
    }

    [Fact]
    [Behaviour(25)]
    public async Task After_a_gap_rows_are_told_as_they_are_and_rows_that_are_gone_are_taken_back()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'kept'), (2, 'deleted'), (3, 'changed'), (4, 'told'), (5, 'moved')");
        await Source.ExecuteAsync("insert into contract values (7, 1, 'A')");
        await using (var first = await StartAsync()) await first.UntilCaughtUpAsync();
        await using (var capture = Source.OpenFeed()) await capture.RemoveAsync(CancellationToken.None);
        await Source.InTransactionAsync(
            "delete from person where id = 2", "update person set name = 'anew' where id = 3", "update person set name = 'skip' where id = 4",
            "update person set id = 50 where id = 5", "insert into person (id, name) values (6, 'new')", "delete from contract");

        var before = consumer.Received.Max(static message => message.Version);
        var told = consumer.Received.Count;
        await using var second = await StartAsync(settings: ("AntiCorruption:OnGap", "Backfill"));
        await second.UntilAsync("person", static table => table.GetProperty("state").GetString() == "complete");
        await second.UntilCaughtUpAsync();

        Assert.Equal(
            ["person/1 kept", "person/2 gone", "person/3 anew", "person/4 gone", "person/5 gone", "person/50 moved", "person/6 new"],
            consumer.State.Where(static row => row.Key.StartsWith("person", StringComparison.Ordinal))
                .Select(static row => $"{row.Key} {(row.Value.Contains("gone", StringComparison.Ordinal) ? "gone" : row.Value.Split('"')[3])}").Order(StringComparer.Ordinal));
        // This translator wants whole old rows and says nothing of how it takes one back.
        Assert.Equal("7 column-missing", string.Join(", ", (await second.GetAsync("/quarantine")).Body.EnumerateArray().Select(static row => $"{row.GetProperty("key").GetString()} {row.GetProperty("rule").GetString()}")));
        Assert.Equal(2, (await second.BackfillAsync("person")).GetProperty("generation").GetInt32());
        Assert.All(consumer.Received.Skip(told), message => Assert.True(message.Version > before));

        // Translated as a delete it would be refused for ever: nobody knows its state.
        second.Contracts.UnderstandsGone = true;
        var (_, retried) = await second.PostAsync("/quarantine/retry", new { all = true });
        Assert.Equal(1, retried.GetProperty("published").GetInt32());
        await Wait.UntilAsync(() => consumer.State["contract/7"] == """test.contract.moved.v1 {"from":null,"to":null}""", "the contract is taken back");
    }

    [Fact]
    [Behaviour(25)]
    public async Task A_second_gap_is_not_healed_by_itself_until_the_first_is_long_past_or_a_person_says_so()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await Source.ExecuteAsync("insert into person (id, name) values (1, 'first'), (2, 'second')");
        await using (var first = await StartAsync()) await first.UntilCaughtUpAsync();
        await LoseAsync(1);
        await using (var healing = await StartAsync(settings: ("AntiCorruption:OnGap", "Backfill")))
        {
            await Wait.UntilAsync(() => consumer.State["person/1"] == "test.person.gone.v1 {}", "the first gap is healed");
            await healing.UntilAsync("person", static table => table.GetProperty("state").GetString() == "complete");
            await healing.UntilCaughtUpAsync();
        }

        await LoseAsync(2);
        string? problem = null;
        await using (var stopped = await StartAsync(settings: ("AntiCorruption:OnGap", "Backfill")))
        {
            await Wait.UntilAsync(async () => (problem = (await stopped.LagAsync()).GetProperty("problem").GetString()) is not null, "the layer has a problem");
            Assert.Equal(503, (await stopped.GetAsync("/health")).Status);
        }

        Assert.Contains("A gap was healed at ", problem, StringComparison.Ordinal);
        Assert.EndsWith("to have every gap healed, set AntiCorruption:HealAgainAfter=00:00:00.", problem, StringComparison.Ordinal);
        Assert.Equal("""test.person.stated.v1 {"name":"second"}""", consumer.State["person/2"]);
        await using var allowed = await StartAsync(settings: [("AntiCorruption:OnGap", "Backfill"), ("AntiCorruption:HealAgainAfter", "00:00:00")]);
        await Wait.UntilAsync(() => consumer.State["person/2"] == "test.person.gone.v1 {}", "the second gap is healed");

        async Task LoseAsync(int id)
        {
            await using (var capture = Source.OpenFeed()) await capture.RemoveAsync(CancellationToken.None);
            await Source.ExecuteAsync($"delete from person where id = {id}");
        }
    }

    [Fact]
    [Behaviour(25)]
    public async Task A_gap_before_the_rows_were_read_again_for_the_one_before_is_not_healed_by_itself()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await using (var first = await StartAsync()) await first.UntilCaughtUpAsync();
        await using (var capture = Source.OpenFeed()) await capture.RemoveAsync(CancellationToken.None);
        (string, string)[] healing = [("AntiCorruption:OnGap", "Backfill"), ("AntiCorruption:HealAgainAfter", "00:00:00.001")];
        await using (var healed = await StartAsync(settings: healing))
        {
            await healed.UntilAsync("person", static table => table.GetProperty("generation").GetInt32() == 2);
            await healed.UntilCaughtUpAsync();
            await healed.PostAsync("/backfill/start", new { table = "person", filter = "nowhere = 1" });
            await healed.UntilAsync("person", static table => table.GetProperty("state").GetString() == "failed");
        }

        await using (var capture = Source.OpenFeed()) await capture.RemoveAsync(CancellationToken.None);
        await using var stopped = await StartAsync(settings: healing);
        string? problem = null;
        await Wait.UntilAsync(async () => (problem = (await stopped.LagAsync()).GetProperty("problem").GetString()) is not null, "the layer has a problem");

        Assert.Contains("table 'person' has not been read again for it yet (its backfill is failed)", problem, StringComparison.Ordinal);
    }

    [Fact]
    [Behaviour(25)]
    public async Task A_row_that_was_told_by_a_change_alone_and_is_gone_after_a_gap_is_taken_back()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        await using (var first = await StoppingHalfWayAsync(1_000))
        {
            await first.PostAsync("/backfill/pause", new { table = "person" });
            first.Persons.Release();
            await first.UntilAsync("streaming");
            await Source.ExecuteAsync("update person set name = 'changed' where id = 900");
            await first.UntilCaughtUpAsync();
        }

        await using (var capture = Source.OpenFeed()) await capture.RemoveAsync(CancellationToken.None);
        await Source.ExecuteAsync("delete from person where id = 900");

        await using var second = await StartAsync(settings: ("AntiCorruption:OnGap", "Backfill"));
        second.Persons.Release();
        await second.UntilAsync("person", static table => table.GetProperty("state").GetString() == "complete");
        await second.UntilCaughtUpAsync();

        Assert.Equal("test.person.gone.v1 {}", consumer.State["person/900"]);
        Assert.Equal(999, consumer.State.Values.Count(static state => state.StartsWith("test.person.stated", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Rows_of_a_large_transaction_count_once_when_it_is_read_again()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        var faulty = new FaultyMedium(Medium);
        await using var layer = await StartAsync(faulty);
        await layer.UntilAsync("streaming");

        faulty.FailConfirmAt = 10;
        await Source.InsertPersonsAsync(12_000, "refuse");
        await Source.ExecuteAsync("update person set name = 'good' where id <= 6000");

        Assert.Equal("""18000 6000 {} {"T1.refused":12000}""", await layer.CountsAsync("person", 18_000));
        Assert.Equal("""{"open":6000,"superseded":6000,"parked_keys":0,"queued":0}""", (await layer.LagAsync()).GetProperty("quarantine").ToString());
    }

    [Fact]
    [Behaviour(3)]
    public async Task The_source_hears_only_positions_that_are_stored_and_stored_positions_are_confirmed()
    {
        await using var consumer = await TestConsumer.StartAsync(Medium);
        var faulty = new FaultyMedium(Medium);
        await using var witness = new WitnessFeed(Source.OpenFeed(), Store, faulty);
        await using var layer = await StartAsync(faulty, witness);
        await layer.UntilAsync("streaming");

        for (var number = 1; number <= 200; number++)
        {
            if (number % 50 == 0) faulty.FailNextConfirms = 1;
            await Source.InTransactionAsync($"insert into person (id, name) values ({number}, 'n')", $"update person set name = 'm' where id = {number}");
            if (number % 40 == 0) await layer.CountsAsync("person", number * 2);
        }

        Assert.Equal("400 400 {} {}", await layer.CountsAsync("person", 400));
        Assert.True(witness.Acknowledged > 3);
        Assert.Empty(witness.Violations);
    }

    [Fact]
    public async Task Wrong_settings_and_translators_are_all_reported_at_once()
    {
        var failure = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => TestLayer.StartAsync(
            "nonsense", "", Medium, null, null, ("AntiCorruption:Slot", "Bad-Slot"), ("AntiCorruption:BatchMessages", "0"), ("AntiCorruption:Source", "no uri")));

        Assert.Equal(
            [
                "ConnectionStrings:Source names neither a Host (PostgreSQL) nor a Data Source (SQLite file).",
                "ConnectionStrings:Store is missing; use Host=…;Database=… for PostgreSQL or Data Source=FILE for SQLite.",
                "AntiCorruption:Slot is 'Bad-Slot'; use 1 to 63 lower-case letters, digits and underscores, a letter first.",
                "AntiCorruption:BatchMessages is 0; use 1 to 10000.",
                "AntiCorruption:Source is 'no uri'; use a URI such as urn:example:legacy.",
            ],
            failure.Failures);
    }

    private static readonly (string Key, string Value)[] SmallChunks = [("AntiCorruption:BackfillChunkRows", "10")];

    /// <summary>A layer whose backfill of persons has come to the row in the middle and waits there for <see cref="PersonTranslator.Release"/>.</summary>
    private async Task<TestLayer> StoppingHalfWayAsync(int rows)
    {
        await Source.InsertPersonsAsync(rows);
        await Source.ExecuteAsync($"update person set name = 'hold' where id = {rows / 2}");
        var layer = await StartAsync(settings: SmallChunks);
        await layer.UntilAsync("person", static table => table.GetProperty("rows").GetInt64() >= 100);
        return layer;
    }

    private static Dictionary<string, string> StateOfStore(TestConsumer consumer) =>
        consumer.State.Where(static row => !row.Value.StartsWith("test.person.gone", StringComparison.Ordinal)).ToDictionary();
}
