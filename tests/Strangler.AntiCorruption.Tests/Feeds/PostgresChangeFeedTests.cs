using Dapper;
using Npgsql;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

public sealed class PostgresChangeFeedTests : ChangeFeedContract
{
    private PostgresLegacy Legacy => (PostgresLegacy)Source;

    protected override async Task<TestSource> StartAsync() => await PostgresLegacy.CreateAsync("changefeed");

    [Fact]
    public async Task A_slot_that_is_gone_is_a_gap_with_its_choices()
    {
        var identity = await PrepareAsync();
        await ExecuteAsync($"select pg_drop_replication_slot('{Legacy.Slot}')");

        var refused = await Assert.ThrowsAsync<SourceGapException>(() => PrepareAsync(new(identity.Id, identity.Start)));

        Assert.StartsWith($"Replication slot '{Legacy.Slot}' is gone: changes after ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AntiCorruption:OnGap=Backfill", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slot_that_was_made_again_is_a_gap()
    {
        var identity = await PrepareAsync();
        await ExecuteAsync($"select pg_drop_replication_slot('{Legacy.Slot}')");
        await ExecuteAsync("insert into person (id, name) values (1, 'n')");
        await ExecuteAsync($"select pg_create_logical_replication_slot('{Legacy.Slot}', 'pgoutput')");

        var refused = await Assert.ThrowsAsync<SourceGapException>(() => PrepareAsync(new(identity.Id, identity.Start)));

        Assert.Contains("ahead of the checkpoint", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_whose_updates_a_publication_would_break_is_refused_before_it_is_published()
    {
        await ExecuteAsync("create table keyless (id integer not null)");
        await ExecuteAsync("create unique index on keyless (id)");

        var refused = await Assert.ThrowsAsync<SourceRefusedException>(() => Feed.PrepareAsync([new("keyless", "id", false)], null, GapPolicy.Stop, CancellationToken.None));

        Assert.Contains("alter table \"public\".\"keyless\" replica identity full;", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await Source.OursAsync());
        await ExecuteAsync("insert into keyless values (1)");
        await ExecuteAsync("update keyless set id = 2");
    }

    [Fact]
    [Behaviour(11)]
    public async Task A_truncate_comes_at_its_place_among_the_changes_of_its_transaction_and_names_its_tables()
    {
        var start = await PrepareAsync();
        await Source.InTransactionAsync("insert into person (id) values (1)", "truncate contract, person", "insert into person (id) values (2)");

        await using var reader = new FeedReader(Feed, start.Start);
        await reader.UntilAsync(2);

        var (before, after) = (reader.Parts[^2], reader.Parts[^1]);
        Assert.Equal(("1", false), (Assert.Single(before.Changes).After!.Text("id"), before.EndsTransaction));
        Assert.Equal(["contract", "person"], before.Truncated.Order());
        Assert.Equal(("2", true), (Assert.Single(after.Changes).After!.Text("id"), after.EndsTransaction));
        Assert.Empty(after.Truncated);
    }

    [Fact]
    public async Task Rows_copied_in_one_statement_all_come()
    {
        var start = await PrepareAsync();
        await using (var connection = await Source.ConnectAsync())
        {
            await using var copy = await ((NpgsqlConnection)connection).BeginTextImportAsync("copy person (id, name) from stdin");
            for (var id = 1; id <= 500; id++) await copy.WriteLineAsync($"{id}\tn");
        }

        await using var reader = new FeedReader(Feed, start.Start);
        var changes = await reader.UntilAsync(500);

        Assert.Equal(Enumerable.Range(1, 500).Select(static id => $"{id}"), changes.Select(static change => change.After!.Text("id")));
        Assert.Equal(500, changes.Select(static change => change.Version).Distinct().Count());
    }

    [Fact]
    public async Task Rows_of_any_size_come_as_they_are()
    {
        int[] sizes = [10, 20_000, 30, 2_000_000, 40, 900_000, 50];
        var start = await PrepareAsync();
        foreach (var (size, index) in sizes.Select(static (size, index) => (size, index))) await ExecuteAsync($"insert into person (id, name, note) values ({index}, 'n', repeat('{index}', {size}))");

        await using var reader = new FeedReader(Feed, start.Start);
        var changes = await reader.UntilAsync(sizes.Length);

        Assert.Equal(sizes.Select(static (size, index) => new string((char)('0' + index), size)), changes.Select(static change => change.After!.Text("note")));
    }

    [Fact]
    public async Task What_somebody_else_writes_into_the_log_ends_no_transaction_twice()
    {
        var start = await PrepareAsync();
        await ExecuteAsync("insert into person (id) values (1)");
        await ExecuteAsync("select pg_logical_emit_message(false, 'somebody', 'something')");
        await ExecuteAsync("insert into person (id) values (2)");

        await using var reader = new FeedReader(Feed, start.Start);
        await reader.UntilAsync(2);

        var positions = reader.Parts.Select(static part => part.Position).ToList();
        Assert.Equal(positions.Distinct(), positions);
    }

    [Fact]
    public async Task A_savepoint_that_was_rolled_back_never_appears()
    {
        var start = await PrepareAsync();
        await InTransactionAsync(
            "insert into person (id, name) values (1, 'kept')", "savepoint s", "insert into person (id, name) values (2, 'gone')", "rollback to s", "insert into person (id, name) values (3, 'kept')");

        await using var reader = new FeedReader(Feed, start.Start);
        var changes = await reader.UntilAsync(2);

        Assert.Equal(["1", "3"], changes.Select(static change => change.After!.Text("id")));
    }

    [Fact]
    public async Task A_large_value_that_did_not_change_is_unchanged_and_no_value_unless_whole_old_rows_are_recorded()
    {
        await ExecuteAsync("alter table person alter column note set storage external");
        await ExecuteAsync("alter table contract alter column state set storage external");
        var start = await PrepareAsync();
        await ExecuteAsync("insert into person (id, name, note) values (1, 'a', repeat('x', 20000))");
        await ExecuteAsync("insert into contract values (1, 1, repeat('y', 20000))");
        await ExecuteAsync("update person set name = 'b'");
        await ExecuteAsync("update contract set person_id = 2");

        await using var reader = new FeedReader(Feed, start.Start);
        var changes = await reader.UntilAsync(4);

        Assert.True(changes[2].After!.IsUnchanged("note"));
        Assert.Throws<SourceColumnException>(() => changes[2].After!.Text("note"));
        Assert.Equal(new string('y', 20_000), changes[3].After!.Text("state"));
    }

    [Fact]
    public async Task Backfill_and_stream_print_every_value_alike()
    {
        await ExecuteAsync(
            """
            create table kinds (id integer primary key, b boolean, c char(5), n numeric, d date, t timestamptz, f double precision, y bytea, j jsonb, a text[], i interval)
            """);
        var kinds = new CapturedTable("kinds", "id", NeedsBefore: true);
        var start = await Feed.PrepareAsync([kinds], null, GapPolicy.Stop, CancellationToken.None);
        await ExecuteAsync(
            """
            insert into kinds values
              (1, true, 'ab', 1.50, '2015-07-25', '2015-07-25 10:00-03', 0.1, '\x00ff', '{"a": [1, null]}', '{x,NULL,"a b"}', '1 day 2 hours'),
              (2, false, '', 'NaN', 'infinity', '-infinity', 'NaN', '', 'null', '{}', '0'),
              (3, null, null, null, '0044-03-15 BC', null, null, null, null, null, null)
            """);

        await using var reader = new FeedReader(Feed, start.Start);
        var streamed = await reader.UntilAsync(3);
        var backfilled = (await reader.BackfillAsync(kinds)).SelectMany(static chunk => chunk.Changes);

        Assert.Equal(streamed.Select(Show), backfilled.Select(Show));
        Assert.Equal("2015-07-25 13:00:00+00", streamed[0].After!.Text("t"));
    }

    [Fact]
    [Behaviour(33, 49)]
    public async Task A_table_that_is_written_anew_just_when_a_chunk_is_read_is_not_taken_for_empty()
    {
        await Source.InsertPersonsAsync(50);
        var start = await PrepareAsync();
        await using var reader = new FeedReader(Feed, start.Start);
        await reader.BackfillAsync(Person);

        await using var connection = await Source.ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("alter table person add column extra uuid default gen_random_uuid()", transaction: transaction);
        var chunk = reader.ChunkAsync(new(Person, 1, 2_000));
        await Wait.UntilAsync(
            () => connection.ExecuteScalarAsync<bool>("select exists (select 1 from pg_locks where relation = cast('person' as regclass) and not granted)", transaction: transaction), "the chunk waits for the table");
        await transaction.CommitAsync();

        Assert.Equal(50, (await chunk).Changes.Count);
    }

    [Fact]
    public async Task The_slot_of_a_quiet_table_moves_on_while_the_rest_of_the_database_writes()
    {
        await ExecuteAsync("create table busy (id serial primary key, filler text)");
        var start = await PrepareAsync();
        await using var reader = new FeedReader(Feed, start.Start);
        await ExecuteAsync("insert into busy (filler) select repeat('z', 1000) from generate_series(1, 2000)");
        var written = (await Feed.HeadAsync(CancellationToken.None)).Position;

        await Wait.UntilAsync(
            async () =>
            {
                if (reader.Parts.LastOrDefault(static part => part.EndsTransaction) is { } part) Feed.Acknowledge(part.Position);
                await using var connection = await Source.ConnectAsync();
                return await connection.ExecuteScalarAsync<bool>($"select confirmed_flush_lsn >= '{new NpgsqlTypes.NpgsqlLogSequenceNumber(written)}' from pg_replication_slots where slot_name = '{Legacy.Slot}'");
            },
            "the slot has passed what the busy table wrote");
    }
}
