using Dapper;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

public sealed class TriggerLogFeedTests : ChangeFeedContract
{
    protected override Task<TestSource> StartAsync() => Task.FromResult<TestSource>(new SqliteSource());

    [Fact]
    [Behaviour(71)]
    public async Task A_row_that_replace_removes_is_logged_as_deleted_before_its_successor()
    {
        await ExecuteAsync("create table badge (id integer primary key, owner text unique, color text)");
        var badge = new CapturedTable("badge", "id", NeedsBefore: true);
        var start = await Feed.PrepareAsync([badge], null, GapPolicy.Stop, CancellationToken.None);
        await ExecuteAsync("insert into badge values (1, 'ana', 'red'), (2, 'bea', 'blue'), (3, 'eva', 'grey')");
        await ExecuteAsync("insert or replace into badge values (1, 'ana', 'green')");
        await ExecuteAsync("insert or replace into badge values (9, 'bea', 'white')");
        await ExecuteAsync("update or replace badge set owner = 'eva' where id = 9");

        await using var reader = new FeedReader(Feed, start.Start);
        var changes = await reader.UntilAsync(9);

        Assert.Equal(
            [
                "Delete badge (id=1, owner=ana, color=red) -> -",
                "Insert badge - -> (id=1, owner=ana, color=green)",
                "Delete badge (id=2, owner=bea, color=blue) -> -",
                "Insert badge - -> (id=9, owner=bea, color=white)",
                "Delete badge (id=3, owner=eva, color=grey) -> -",
                "Update badge (id=9, owner=bea, color=white) -> (id=9, owner=eva, color=white)",
            ],
            changes.Skip(3).Select(Show));
    }

    [Fact]
    [Behaviour(71)]
    public async Task A_replaced_row_is_logged_once_when_the_writer_has_recursive_triggers_on()
    {
        var start = await PrepareAsync();
        await using (var connection = await Source.ConnectAsync())
        {
            await connection.ExecuteAsync("pragma recursive_triggers = on; insert into person (id, name) values (1, 'a'); insert or replace into person (id, name) values (1, 'b'); pragma recursive_triggers = off;");
        }

        await using var reader = new FeedReader(Feed, start.Start);
        await ExecuteAsync("insert into person (id, name) values (2, 'last')");
        var changes = await reader.UntilAsync(4);

        Assert.Equal(["Insert", "Delete", "Insert", "Insert"], changes.Select(static change => change.Kind.ToString()));
    }

    [Fact]
    public async Task An_ignored_insert_and_an_upsert_leave_no_deletes_behind()
    {
        var start = await PrepareAsync();
        await ExecuteAsync("insert into person (id, name) values (1, 'a')");
        await ExecuteAsync("insert or ignore into person (id, name) values (1, 'b')");
        await ExecuteAsync("update person set note = 'x' where id = 1");
        await ExecuteAsync("insert into person (id, name) values (1, 'c') on conflict (id) do update set name = excluded.name");
        await Assert.ThrowsAnyAsync<Exception>(() => ExecuteAsync("insert into person (id, name) values (1, 'd')"));
        await ExecuteAsync("update person set note = 'y' where id = 1");

        await using var reader = new FeedReader(Feed, start.Start);
        var changes = await reader.UntilAsync(4);

        Assert.Equal(["Insert", "Update", "Update", "Update"], changes.Select(static change => change.Kind.ToString()));
        Assert.Equal("c", changes[^1].After!.Text("name"));
    }

    [Fact]
    [Behaviour(71)]
    public async Task Cascading_deletes_are_seen()
    {
        await ExecuteAsync("create table owner (id integer primary key)");
        await ExecuteAsync("create table pet (id integer primary key, owner_id integer references owner (id) on delete cascade)");
        var start = await Feed.PrepareAsync([new("pet", "id", false)], null, GapPolicy.Stop, CancellationToken.None);
        await using (var connection = await Source.ConnectAsync())
        {
            await connection.ExecuteAsync("pragma foreign_keys = on; insert into owner values (1); insert into pet values (5, 1); delete from owner; pragma foreign_keys = off;");
        }

        await using var reader = new FeedReader(Feed, start.Start);
        var changes = await reader.UntilAsync(2);

        Assert.Equal("Delete pet (id=5) -> -", Show(changes[1]));
    }

    [Fact]
    public async Task Numbers_and_blobs_print_the_same_in_the_log_and_in_a_backfill()
    {
        await ExecuteAsync("create table thing (id integer primary key, v)");
        var thing = new CapturedTable("thing", "id", NeedsBefore: false);
        var start = await Feed.PrepareAsync([thing], null, GapPolicy.Stop, CancellationToken.None);
        await ExecuteAsync(
            "insert into thing (v) values (0), (-9223372036854775808), (1.5), (0.1), (0.1 + 0.2), (1e300), (5.0), (x''), (x'00FFab'), (''), (null), ('1.0')");

        await using var reader = new FeedReader(Feed, start.Start);
        var streamed = (await reader.UntilAsync(12)).Select(static change => change.After!.Text("v")).ToList();
        var read = (await reader.BackfillAsync(thing)).SelectMany(static chunk => chunk.Changes).Select(static row => row.After!.Text("v"));

        Assert.Equal(["0", "-9223372036854775808", "1.5", "0.1", "0.30000000000000004", "1.0e+300", "5.0", @"\x", @"\x00ffab", "", null, "1.0"], streamed);
        Assert.Equal(streamed, read);
    }

    [Fact]
    public async Task A_table_of_more_columns_than_a_json_function_takes_comes_whole()
    {
        var columns = Enumerable.Range(1, 150).Select(static number => $"c{number}").ToList();
        await ExecuteAsync($"create table wide (id integer primary key, {string.Join(", ", columns)})");
        var start = await Feed.PrepareAsync([new("wide", "id", true)], null, GapPolicy.Stop, CancellationToken.None);
        await ExecuteAsync($"insert into wide values (1, {string.Join(", ", columns.Select(static column => $"'{column}'"))})");
        await ExecuteAsync("update wide set c150 = 'other'");

        await using var reader = new FeedReader(Feed, start.Start);
        var changes = await reader.UntilAsync(2);

        Assert.Equal(columns, columns.Select(column => changes[1].Before!.Text(column)));
        Assert.Equal("other", changes[1].After!.Text("c150"));
    }

    [Fact]
    public async Task A_reader_gives_up_no_row_of_the_log_for_what_was_acknowledged_of_another()
    {
        var start = await PrepareAsync();
        // Of the file that was there before this one was restored, which had counted further.
        Feed.Acknowledge(start.Start + 1_000);
        await using var reader = new FeedReader(Feed, start.Start);
        await ExecuteAsync("insert into person (id, name) values (1, 'a')");
        await reader.UntilAsync(1);
        var read = DateTimeOffset.UtcNow;
        await Wait.UntilAsync(() => Feed.LastContact > read + TimeSpan.FromMilliseconds(200), "the log was trimmed several times");

        await using var connection = await Source.ConnectAsync();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("select count(*) from strangler_log"));
    }

    [Fact]
    public async Task An_added_or_renamed_column_is_captured_without_a_restart()
    {
        var start = await PrepareAsync();
        await using var reader = new FeedReader(Feed, start.Start);
        await ExecuteAsync("insert into person (id, name) values (1, 'a')");
        await reader.UntilAsync(1);

        await ExecuteAsync("alter table person add column age integer");
        await ExecuteAsync("alter table person rename column note to remark");
        await Wait.UntilAsync(TriggersKnowAgeAsync, "the triggers know the new column");
        await ExecuteAsync("update person set age = 30, remark = 'r' where id = 1");
        var changes = await reader.UntilAsync(2);

        Assert.Equal("Update person - -> (id=1, name=a, remark=r, age=30)", Show(changes[1]));
    }

    [Fact]
    public async Task A_rebuilt_table_that_lost_its_triggers_is_a_gap_while_reading_and_at_the_start()
    {
        var start = await PrepareAsync();
        await using var reader = new FeedReader(Feed, start.Start);
        await ExecuteAsync("insert into person (id, name) values (1, 'a')");
        await reader.UntilAsync(1);

        await ExecuteAsync("create table person2 (id integer primary key, name text, note text); insert into person2 select * from person; drop table person; alter table person2 rename to person;");

        Assert.Contains("person", Assert.IsType<SourceGapException>(await reader.FailureAsync()).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SourceGapException>(() => PrepareAsync(new(start.Id, start.Start)));
        var anew = await Feed.PrepareAsync([Person, Contract], new(start.Id, start.Start), GapPolicy.Backfill, CancellationToken.None);
        Assert.NotEqual(start.Id, anew.Id);
    }

    [Fact]
    [Behaviour(71)]
    public async Task A_database_older_than_the_checkpoint_and_a_store_older_than_the_log_are_gaps()
    {
        var identity = await PrepareAsync();
        await Source.InsertPersonsAsync(10);
        await Assert.ThrowsAsync<SourceGapException>(() => PrepareAsync(new(identity.Id, 11)));

        await using var reader = new FeedReader(Feed, identity.Start);
        await reader.UntilAsync(10);
        Feed.Acknowledge(10);
        await Wait.UntilAsync(async () => (await Feed.HeadAsync(CancellationToken.None)).Retained == 0, "the log is trimmed");
        await Assert.ThrowsAsync<SourceGapException>(() => PrepareAsync(new(identity.Id, 5)));
        await PrepareAsync(new(identity.Id, 10));
    }

    [Fact]
    public async Task The_log_is_trimmed_no_further_than_acknowledged()
    {
        var identity = await PrepareAsync();
        await Source.InsertPersonsAsync(100);
        await using var reader = new FeedReader(Feed, identity.Start);
        await reader.UntilAsync(100);

        Feed.Acknowledge(60);
        await Wait.UntilAsync(async () => (await Feed.HeadAsync(CancellationToken.None)).Retained == 40, "40 rows are left");
        await reader.StopAsync();
        await using var again = new FeedReader(Feed, 60);

        Assert.Equal("61", (await again.UntilAsync(40))[0].After!.Text("id"));
    }

    [Fact]
    public async Task The_legacy_sees_no_difference()
    {
        await PrepareAsync();
        await using var connection = await Source.ConnectAsync();

        Assert.Equal(1, await connection.ExecuteAsync("insert into person (name) values ('a')"));
        Assert.Equal(1L, await connection.ExecuteScalarAsync<long>("select last_insert_rowid()"));
        Assert.Equal(1L, await connection.ExecuteScalarAsync<long>("select changes()"));
        Assert.Equal(1, await connection.ExecuteAsync("update person set name = 'b'"));
        Assert.Equal(1, await connection.ExecuteAsync("delete from person"));
    }

    private async Task<bool> TriggersKnowAgeAsync()
    {
        await using var connection = await Source.ConnectAsync();
        return await connection.ExecuteScalarAsync<long>("select count(*) from sqlite_master where type = 'trigger' and sql like '%''age''%' and sql like '%''remark''%'") > 0;
    }
}
