using System.Globalization;
using Dapper;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>What every change feed promises. One class a kind of source runs it.</summary>
public abstract class ChangeFeedContract : IAsyncLifetime
{
    protected static readonly CapturedTable Person = new("person", "id", NeedsBefore: false);
    protected static readonly CapturedTable Contract = new("contract", "id", NeedsBefore: true);

    protected IChangeFeed Feed { get; private set; } = null!;

    protected TestSource Source { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Source = await StartAsync();
        await Source.CreateTablesAsync();
        Feed = Source.OpenFeed();
    }

    public async ValueTask DisposeAsync()
    {
        if (Feed is not null) await Feed.DisposeAsync();
        if (Source is not null) await Source.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<TestSource> StartAsync();

    protected Task ExecuteAsync(string sql, object? values = null) => Source.ExecuteAsync(sql, values);

    protected Task InTransactionAsync(params string[] statements) => Source.InTransactionAsync(statements);

    protected Task<SourceIdentity> PrepareAsync(SourceCheckpoint? stored = null) =>
        Feed.PrepareAsync([Person, Contract], stored, GapPolicy.Stop, CancellationToken.None);

    /// <summary>Closes the feed and opens another on the same source, as a restart does.</summary>
    protected async Task ReopenAsync()
    {
        await Feed.DisposeAsync();
        Feed = Source.OpenFeed();
    }

    protected static string Show(RowChange change) =>
        $"{change.Kind} {change.Table} {Show(change.Before)} -> {Show(change.After)}";

    private static string Show(SourceRow? row) => row is null
        ? "-"
        : $"({string.Join(", ", row.Columns.Select(column => $"{column}={(row.IsUnchanged(column) ? "~" : row.Text(column) ?? "null")}"))})";

    [Fact]
    public async Task Insert_update_and_delete_arrive_in_order_with_their_images()
    {
        var start = await PrepareAsync();
        await ExecuteAsync("insert into person (id, name, note) values (1, 'Ana', 'a')");
        await ExecuteAsync("update person set name = 'Bea' where id = 1");
        await ExecuteAsync("delete from person where id = 1");

        await using var reader = new FeedReader(Feed, start.Start);
        var changes = await reader.UntilAsync(3);

        Assert.Equal(
            ["Insert person - -> (id=1, name=Ana, note=a)", "Update person - -> (id=1, name=Bea, note=a)", "Delete person (id=1) -> -"],
            changes.Select(Show));
    }

    [Fact]
    public async Task Whole_old_rows_come_for_a_table_that_needs_them()
    {
        var start = await PrepareAsync();
        await ExecuteAsync("insert into contract values (7, 1, 'A')");
        await ExecuteAsync("update contract set state = 'F' where id = 7");
        await ExecuteAsync("delete from contract where id = 7");

        await using var reader = new FeedReader(Feed, start.Start);
        var changes = await reader.UntilAsync(3);

        Assert.Equal(
            [
                "Insert contract - -> (id=7, person_id=1, state=A)",
                "Update contract (id=7, person_id=1, state=A) -> (id=7, person_id=1, state=F)",
                "Delete contract (id=7, person_id=1, state=F) -> -",
            ],
            changes.Select(Show));
    }

    [Fact]
    public async Task A_key_update_shows_the_old_key_and_the_new_row()
    {
        var start = await PrepareAsync();
        await ExecuteAsync("insert into person (id, name, note) values (1, 'Ana', 'a')");
        await ExecuteAsync("update person set id = 2 where id = 1");

        await using var reader = new FeedReader(Feed, start.Start);
        var changes = await reader.UntilAsync(2);

        Assert.Equal("Update person (id=1) -> (id=2, name=Ana, note=a)", Show(changes[1]));
    }

    [Fact]
    [Behaviour(8)]
    public async Task What_was_rolled_back_never_appears()
    {
        var start = await PrepareAsync();
        await using (var connection = await Source.ConnectAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await connection.ExecuteAsync("insert into person (id, name) values (1, 'never')", transaction: transaction);
            await transaction.RollbackAsync();
        }

        await InTransactionAsync(
            "insert into person (id, name) values (2, 'before')",
            "savepoint s", "insert into person (id, name) values (3, 'never')", "rollback to savepoint s",
            "savepoint t", "insert into person (id, name) values (4, 'after')", "release savepoint t");

        await using var reader = new FeedReader(Feed, start.Start);
        var changes = await reader.UntilAsync(2);

        Assert.Equal(["2", "4"], changes.Select(static change => change.After!.Text("id")));
    }

    [Fact]
    public async Task A_transaction_comes_as_a_whole_across_tables_and_in_order()
    {
        var start = await PrepareAsync();
        await InTransactionAsync(
            "insert into person (id, name) values (1, 'Ana')",
            "insert into contract values (1, 1, 'A')",
            "update person set name = 'Bea' where id = 1",
            "delete from contract where id = 1");

        await using var reader = new FeedReader(Feed, start.Start);
        var changes = await reader.UntilAsync(4);

        Assert.Equal(["Insert person", "Insert contract", "Update person", "Delete contract"], changes.Select(static change => $"{change.Kind} {change.Table}"));
        Assert.Single(reader.Parts, static part => part.Changes.Count > 0 && part.EndsTransaction);
        Assert.Equal(changes.OrderBy(static change => change.Version), changes);
        Assert.Equal(4, changes.Select(static change => change.Version).Distinct().Count());
    }

    [Fact]
    public async Task Changes_made_while_it_reads_come_by_themselves_with_rising_positions()
    {
        var start = await PrepareAsync();
        await using var reader = new FeedReader(Feed, start.Start);

        for (var id = 1; id <= 20; id++)
        {
            await ExecuteAsync($"insert into person (id, name) values ({id}, 'n')");
            await reader.UntilAsync(id);
        }

        var positions = reader.Parts.Where(static part => part.EndsTransaction).Select(static part => part.Position).ToList();
        Assert.Equal(positions.Order().Distinct(), positions);
        Assert.All(positions, position => Assert.True(position > start.Start));
        Assert.NotNull(Feed.LastContact);
    }

    [Fact]
    public async Task Reading_after_a_position_gives_the_rest_and_nothing_twice()
    {
        var identity = await PrepareAsync();
        for (var id = 1; id <= 6; id++) await ExecuteAsync($"insert into person (id, name) values ({id}, 'n')");
        ulong position;
        await using (var reader = new FeedReader(Feed, identity.Start))
        {
            await reader.UntilAsync(6);
            position = reader.Parts.Last(static part => part.Changes.Any(static change => change.After!.Text("id") == "6") || part.EndsTransaction).Position;
            await reader.StopAsync();
        }

        await ReopenAsync();
        await ExecuteAsync("insert into person (id, name) values (7, 'n')");
        await PrepareAsync(new(identity.Id, position));
        await using var rest = new FeedReader(Feed, position);
        var changes = await rest.UntilAsync(1);

        Assert.Equal(["7"], changes.Select(static change => change.After!.Text("id")));
    }

    [Fact]
    public async Task Unacknowledged_changes_come_again_with_the_same_versions_after_a_restart()
    {
        var identity = await PrepareAsync();
        await InTransactionAsync("insert into person (id, name) values (1, 'n')", "insert into person (id, name) values (2, 'n')");
        await using var first = new FeedReader(Feed, identity.Start);
        var before = await first.UntilAsync(2);
        await first.StopAsync();

        await ReopenAsync();
        await PrepareAsync(new(identity.Id, identity.Start));
        await using var second = new FeedReader(Feed, identity.Start);
        var after = await second.UntilAsync(2);

        Assert.Equal(before.Select(static change => (change.Version, change.CommittedAt, Show(change))), after.Select(static change => (change.Version, change.CommittedAt, Show(change))));
    }

    [Fact]
    public async Task Acknowledged_changes_stay_gone_and_later_ones_come_after_a_restart()
    {
        var identity = await PrepareAsync();
        await using var first = new FeedReader(Feed, identity.Start);
        await ExecuteAsync("insert into person (id, name) values (1, 'n')");
        await first.UntilAsync(1);
        var position = first.Parts.Last(static part => part.EndsTransaction).Position;
        Feed.Acknowledge(position);
        await first.StopAsync();
        await ReopenAsync();
        await ExecuteAsync("insert into person (id, name) values (2, 'n')");

        var again = await PrepareAsync(new(identity.Id, position));
        await using var second = new FeedReader(Feed, position);
        var changes = await second.UntilAsync(1);

        Assert.Equal(identity.Id, again.Id);
        Assert.Equal(["2"], changes.Select(static change => change.After!.Text("id")));
    }

    [Fact]
    public async Task Null_empty_accents_emoji_and_control_characters_come_as_they_are()
    {
        var start = await PrepareAsync();
        var text = "João \u00A0 ç\t\r\n\u0001\u001F \"quoted\" \\x41 \\ {json} 'x' 🦷 e\u0301";
        await ExecuteAsync("insert into person (id, name, note) values (1, null, '')");
        await ExecuteAsync("insert into person (id, name, note) values (2, @text, ' ')", new { text });

        await using var reader = new FeedReader(Feed, start.Start);
        var changes = await reader.UntilAsync(2);
        var rows = (await reader.BackfillAsync(Person)).SelectMany(static chunk => chunk.Changes).ToList();

        foreach (var (first, second) in new[] { (changes[0], changes[1]), (rows[0], rows[1]) })
        {
            Assert.Null(first.After!.Text("name"));
            Assert.Equal("", first.After.Text("note"));
            Assert.Equal(text, second.After!.Text("name"));
            Assert.Equal(" ", second.After.Text("note"));
        }
    }

    [Fact]
    [Behaviour(13)]
    public async Task Delete_then_insert_of_the_same_key_ends_present()
    {
        var start = await PrepareAsync();
        await ExecuteAsync("insert into person (id, name) values (1, 'old')");
        await InTransactionAsync("delete from person where id = 1", "insert into person (id, name) values (1, 'new')");

        await using var reader = new FeedReader(Feed, start.Start);
        var changes = await reader.UntilAsync(3);

        Assert.Equal([ChangeKind.Insert, ChangeKind.Delete, ChangeKind.Insert], changes.Select(static change => change.Kind));
        Assert.Equal("new", changes[2].After!.Text("name"));
    }

    [Fact]
    public async Task Only_captured_tables_are_seen()
    {
        await ExecuteAsync("create table session (id integer primary key, token text)");
        var start = await PrepareAsync();
        await ExecuteAsync("insert into session values (1, 'secret')");
        await ExecuteAsync("insert into person (id, name) values (1, 'n')");

        await using var reader = new FeedReader(Feed, start.Start);
        await reader.UntilAsync(1);

        Assert.Equal("person", Assert.Single(reader.Changes).Table);
    }

    [Fact]
    public async Task A_large_transaction_comes_in_parts_and_only_the_last_one_ends_it()
    {
        var start = await PrepareAsync();
        await Source.InsertPersonsAsync(25_001);

        await using var reader = new FeedReader(Feed, start.Start);
        var changes = await reader.UntilAsync(25_001);

        Assert.True(reader.Parts.Count(static part => part.Changes.Count > 0) > 1);
        Assert.Single(reader.Parts, static part => part.EndsTransaction && part.Changes.Count > 0);
        Assert.Equal(Enumerable.Range(1, 25_001).Select(static id => $"{id}"), changes.Select(static change => change.After!.Text("id")));
        Assert.Equal(25_001, changes.Select(static change => change.Version).Distinct().Count());
    }

    [Fact]
    public async Task Backfill_gives_every_row_once_in_key_order_and_resumes_after_a_key()
    {
        await ExecuteAsync(
            "insert into person (id, name) with recursive n (i) as (select 1 union all select i + 1 from n where i < 4500) select i * 3, 'n' from n");
        var start = await PrepareAsync();
        await using var reader = new FeedReader(Feed, start.Start);

        var extent = await Feed.MeasureAsync(Person, BackfillFilter.All, CancellationToken.None);
        var chunks = await reader.BackfillAsync(Person);
        var rest = await reader.BackfillAsync(Person, chunks[0].Chunk!.LastKey);

        Assert.Equal(new("13500", 4_500), extent);
        Assert.Equal([2_000, 2_000, 500], chunks.Select(static chunk => chunk.Changes.Count));
        Assert.Equal(Enumerable.Range(1, 4_500).Select(static i => $"{i * 3}"), chunks.SelectMany(static chunk => chunk.Changes).Select(static row => row.After!.Text("id")));
        Assert.Equal(2_500, rest.Sum(static chunk => chunk.Changes.Count));
        Assert.All(chunks.SelectMany(static chunk => chunk.Changes), static row => Assert.Equal(ChangeKind.Insert, row.Kind));
    }

    [Fact]
    public async Task A_filtered_backfill_reads_the_rows_that_meet_every_condition()
    {
        await ExecuteAsync("insert into person (id, name, note) values (1, 'Ana', 'x'), (2, 'Bea', 'x'), (9, 'Ana', 'y'), (10, 'Ana', 'x'), (11, null, null)");
        var start = await PrepareAsync();
        await using var reader = new FeedReader(Feed, start.Start);

        var filter = BackfillFilter.Parse("name = Ana and id >= 9");
        var extent = await Feed.MeasureAsync(Person, filter, CancellationToken.None);
        var chunk = await reader.ChunkAsync(new(Person, 1, 10) { Filter = filter });

        Assert.Equal(new("10", 2), extent);
        Assert.Equal(["9", "10"], chunk.Changes.Select(static row => row.After!.Text("id")));
    }

    [Fact]
    public async Task Named_rows_come_as_they_are_and_those_that_are_gone_as_deletes_with_their_key()
    {
        await ExecuteAsync("insert into contract values (1, 1, 'A'), (2, 1, 'B'), (4, 1, 'D')");
        var start = await PrepareAsync();
        await using var reader = new FeedReader(Feed, start.Start);

        var chunk = await reader.ChunkAsync(new(Contract, 1, 10) { Keys = ["3", "2", "5"] });

        Assert.Equal(["Insert contract - -> (id=2, person_id=1, state=B)", "Delete contract (id=3) -> -", "Delete contract (id=5) -> -"], chunk.Changes.Select(Show));
        Assert.Equal(chunk.Changes.OrderBy(static change => change.Version), chunk.Changes);
    }

    [Fact]
    public async Task A_table_that_cannot_be_read_fails_its_backfill_and_the_stream_goes_on()
    {
        var start = await PrepareAsync();
        await using var reader = new FeedReader(Feed, start.Start);

        var failure = await Assert.ThrowsAsync<BackfillFailedException>(() => reader.ChunkAsync(new(Person, 1, 10) { Filter = BackfillFilter.Parse("nowhere = 1") }));
        await ExecuteAsync("insert into person (id, name) values (1, 'n')");
        await reader.UntilAsync(1);

        Assert.Contains("nowhere", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.IsPassing);
        Assert.Single((await reader.ChunkAsync(new(Person, 1, 10))).Changes);
    }

    [Fact]
    public async Task A_withdrawn_request_leaves_nothing_behind()
    {
        await ExecuteAsync("insert into person (id, name) values (1, 'n')");
        var start = await PrepareAsync();
        using var withdrawn = new CancellationTokenSource();
        var asked = Feed.BackfillAsync(new(Person, 1, 10), withdrawn.Token);
        await withdrawn.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);

        await using var reader = new FeedReader(Feed, start.Start);
        await reader.ChunkAsync(new(Person, 1, 10));

        Assert.Single(reader.Parts, static part => part.Changes.Count > 0);
    }

    [Fact]
    public async Task Backfill_of_text_keys_resumes_where_it_stopped()
    {
        await ExecuteAsync("create table place (code text primary key, name text)");
        foreach (var code in new[] { "a", "B", "ç", "10", "9", "z z" }) await ExecuteAsync("insert into place values (@code, 'n')", new { code });
        var place = new CapturedTable("place", "code", NeedsBefore: false);
        var start = await Feed.PrepareAsync([place], null, GapPolicy.Stop, CancellationToken.None);
        await using var reader = new FeedReader(Feed, start.Start);

        var all = (await reader.BackfillAsync(place)).SelectMany(static chunk => chunk.Changes).Select(static row => row.After!.Text("code")).ToList();

        Assert.Equal(6, all.Count);
        for (var taken = 1; taken < 6; taken++)
        {
            var rest = (await reader.BackfillAsync(place, all[taken - 1])).SelectMany(static chunk => chunk.Changes).Select(static row => row.After!.Text("code"));
            Assert.Equal(all.Skip(taken), rest);
        }
    }

    [Fact]
    public async Task A_backfilled_row_is_newer_than_every_change_it_contains_and_older_than_every_change_it_does_not()
    {
        await ExecuteAsync("insert into person (id, name, note) with recursive n (i) as (select 1 union all select i + 1 from n where i < 500) select i, '0', null from n");
        var start = await PrepareAsync();
        await using var reader = new FeedReader(Feed, start.Start);
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(() => CountUpAsync(stop.Token));

        var rows = new List<RowChange>();
        while (Volatile.Read(ref counted) < 300) rows.AddRange((await reader.BackfillAsync(Person, rows: 60)).SelectMany(static chunk => chunk.Changes));
        await stop.CancelAsync();
        var written = await writing;
        await reader.UntilAsync(written);

        // The name counts up with every change of a row, so it says which changes an image contains.
        var changes = reader.Changes.ToLookup(static change => change.After!.Text("id"));
        foreach (var row in rows)
        {
            var read = Count(row);
            foreach (var change in changes[row.After!.Text("id")])
            {
                var contained = Count(change) <= read;
                Assert.Equal(contained, change.Version < row.Version);
            }
        }
    }

    private int counted;

    private static int Count(RowChange change) => int.Parse(change.After!.Text("name")!, CultureInfo.InvariantCulture);

    private async Task<int> CountUpAsync(CancellationToken stop)
    {
        var random = new Random(1);
        var written = 0;
        await using var connection = await Source.ConnectAsync();
        while (!stop.IsCancellationRequested)
        {
            var rows = random.Next(1, 4);
            await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
            for (var row = 0; row < rows; row++)
            {
                await connection.ExecuteAsync("update person set name = cast(cast(name as integer) + 1 as text) where id = @id", new { id = random.Next(1, 501) }, transaction);
            }

            await transaction.CommitAsync(CancellationToken.None);
            written += rows;
            Volatile.Write(ref counted, written);
        }

        return written;
    }

    [Fact]
    public async Task A_checkpoint_of_another_capture_is_a_gap_with_its_choices()
    {
        var identity = await PrepareAsync();
        await ReopenAsync();

        var refused = await Assert.ThrowsAsync<SourceGapException>(() => PrepareAsync(new("another:capture", identity.Start)));

        Assert.Contains("another:capture", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AntiCorruption:OnGap=Backfill", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beginning_anew_after_a_gap_gives_another_identity_and_every_later_change()
    {
        var identity = await PrepareAsync();
        await Feed.RemoveAsync(CancellationToken.None);
        await ExecuteAsync("insert into person (id, name) values (1, 'n')");

        await ReopenAsync();
        var anew = await Feed.PrepareAsync([Person, Contract], new(identity.Id, identity.Start), GapPolicy.Backfill, CancellationToken.None);
        await using var after = new FeedReader(Feed, anew.Start);
        var row = (await after.BackfillAsync(Person))[0].Changes[0];
        await ExecuteAsync("update person set name = 'm' where id = 1");
        var change = (await after.UntilAsync(1))[0];

        Assert.NotEqual(identity.Id, anew.Id);
        Assert.NotEmpty(anew.Gap);
        Assert.Empty(identity.Gap);
        Assert.True(row.Version < change.Version);
    }

    [Fact]
    public async Task Every_problem_of_the_tables_is_listed_at_once()
    {
        await ExecuteAsync("create table keyless (a text, b text)");

        var refused = await Assert.ThrowsAsync<SourceRefusedException>(() => Feed.PrepareAsync(
            [new("missing", "id", false), new("person", "number", false), new("keyless", "a", false), Person], null, GapPolicy.Stop, CancellationToken.None));

        Assert.DoesNotContain(refused.Problems, static problem => problem.Contains("'person'", StringComparison.Ordinal) && !problem.Contains("'number'", StringComparison.Ordinal));
        Assert.Contains(refused.Problems, static problem => problem.Contains("'missing'", StringComparison.Ordinal));
        Assert.Contains(refused.Problems, static problem => problem.Contains("'number'", StringComparison.Ordinal));
        Assert.Contains(refused.Problems, static problem => problem.Contains("keyless", StringComparison.Ordinal) && problem.Contains("unique", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Head_is_never_behind_what_was_read()
    {
        var start = await PrepareAsync();
        await ExecuteAsync("insert into person (id, name) values (1, 'n')");
        await using var reader = new FeedReader(Feed, start.Start);
        await reader.UntilAsync(1);

        var head = await Feed.HeadAsync(CancellationToken.None);

        Assert.True(head.Position >= reader.Parts[^1].Position);
        Assert.True(head.Retained >= 0);
    }

    [Fact]
    public async Task After_removal_the_source_has_nothing_of_ours_and_works()
    {
        var before = await Source.OursAsync();
        await PrepareAsync();
        await ExecuteAsync("insert into person (id, name) values (1, 'n')");

        await Feed.RemoveAsync(CancellationToken.None);
        await ExecuteAsync("insert into person (id, name) values (2, 'n')");

        Assert.Equal(before, await Source.OursAsync());
    }
}
