using Dapper;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>What the memory of this process, or a second more or less, decides: while others run too, it would be theirs.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Transactions that are large, prepared, full of savepoints or copied, and a reader that takes its time.</summary>
[Collection(nameof(Alone))]
public sealed class LargeTransactionTests
{
    private static readonly IReadOnlyList<CapturedTable> Tables = [new("person", "id", NeedsBefore: false)];

    [Fact]
    [Behaviour(29)]
    public async Task A_million_rows_in_one_transaction_pass_in_bounded_memory_and_leave_nothing_on_the_servers_disk()
    {
        const int Rows = 1_000_001;
        const long Bound = 100L << 20;
        await using var postgres = await TroubledPostgres.StartAsync();
        await using var feed = postgres.OpenFeed();
        var start = await feed.PrepareAsync(Tables, null, GapPolicy.Stop, CancellationToken.None);
        await postgres.ExecuteAsync($"insert into person (id, name) select i, 'n' || i from generate_series(1, {Rows}) i");
        var baseline = GC.GetTotalMemory(forceFullCollection: true);

        // Killed half way, then read to its end.
        var half = await ReadAsync(feed, start.Start, Rows / 2);
        await postgres.UntilNobodyReadsAsync();
        var (rows, parts, highest) = await ReadAsync(feed, start.Start, Rows);

        Assert.True(half.Rows >= Rows / 2);
        Assert.Equal((Rows, 1), (rows, parts));
        Assert.True(highest - baseline < Bound, $"{(highest - baseline) >> 20} MB more than before.");
        Assert.True(await postgres.AskAsync<long>("select spill_bytes from pg_stat_replication_slots where slot_name = 'strangler'") > 0, "The server spilled.");
        await Wait.UntilAsync(async () => await postgres.AskAsync<long>("select count(*) from pg_ls_dir('pg_replslot/strangler') f where f like '%.spill'") == 0, "the spill is gone");
    }

    [Fact]
    [Behaviour(31)]
    public async Task Prepared_transactions_come_once_when_they_are_committed_and_those_rolled_back_never()
    {
        await using var postgres = await TroubledPostgres.StartAsync("max_prepared_transactions = 5");
        await using var feed = postgres.OpenFeed();
        var start = await feed.PrepareAsync(Tables, null, GapPolicy.Stop, CancellationToken.None);
        await using var reader = new FeedReader(feed, start.Start);
        await using var connection = await postgres.ConnectAsync();
        foreach (var (id, name) in new[] { (1, "kept"), (2, "gone") })
        {
            await connection.ExecuteAsync("begin;");
            await connection.ExecuteAsync($"insert into person (id, name) values ({id}, '{name}')");
            await connection.ExecuteAsync($"prepare transaction '{name}'");
        }

        await connection.ExecuteAsync("insert into person (id, name) values (3, 'between')");
        Assert.Equal(["3"], (await reader.UntilAsync(1)).Select(static change => change.After!.Text("id")));
        await connection.ExecuteAsync("rollback prepared 'gone'");
        await connection.ExecuteAsync("commit prepared 'kept'");
        await connection.ExecuteAsync("insert into person (id, name) values (4, 'after')");

        Assert.Equal(["3", "1", "4"], (await reader.UntilAsync(3)).Select(static change => change.After!.Text("id")));
    }

    [Fact]
    [Behaviour(31)]
    public async Task Of_a_thousand_subtransactions_those_that_were_kept_come_once_and_in_order()
    {
        await using var postgres = await TroubledPostgres.StartAsync();
        await using var feed = postgres.OpenFeed();
        var start = await feed.PrepareAsync(Tables, null, GapPolicy.Stop, CancellationToken.None);
        await postgres.ExecuteAsync(
            """
            do $$ begin
              for i in 1..1000 loop
                begin
                  insert into person (id, name) values (i, 'n');
                  if i % 3 = 0 then raise exception 'undone'; end if;
                exception when raise_exception then null;
                end;
              end loop;
            end $$
            """);

        await using var reader = new FeedReader(feed, start.Start);
        var changes = await reader.UntilAsync(667);

        Assert.Equal(Enumerable.Range(1, 1_000).Where(static i => i % 3 != 0).Select(static i => $"{i}"), changes.Select(static change => change.After!.Text("id")));
        Assert.Single(changes.Select(static change => change.Version.Position).Distinct());
    }

    [Theory]
    [Behaviour(4, 9)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rows_that_share_one_place_in_the_log_come_again_whole_and_alike_after_a_stop_between_them(bool copied)
    {
        await using var postgres = await TroubledPostgres.StartAsync();
        ulong start;
        string id;
        IReadOnlyList<RowChange> first;
        await using (var feed = postgres.OpenFeed(partRows: 10))
        {
            var identity = await feed.PrepareAsync(Tables, null, GapPolicy.Stop, CancellationToken.None);
            (start, id) = (identity.Start, identity.Id);
            if (copied) await CopyAsync(postgres, 505);
            else await postgres.ExecuteAsync("insert into person (id, name) select i, 'n' from generate_series(1, 505) i");
            first = await FirstPartsAsync(feed, start, 25);
        }

        await postgres.UntilNobodyReadsAsync();
        await using var again = postgres.OpenFeed(partRows: 10);
        await again.PrepareAsync(Tables, new(id, start), GapPolicy.Stop, CancellationToken.None);
        await using var reader = new FeedReader(again, start);
        var all = await reader.UntilAsync(505);

        Assert.InRange(first.Count, 25, 504);
        Assert.Equal(first.Select(static change => (change.Version, change.After!.Text("id"))), all.Take(first.Count).Select(static change => (change.Version, change.After!.Text("id"))));
        Assert.Equal(Enumerable.Range(1, 505).Select(static i => $"{i}"), all.Select(static change => change.After!.Text("id")));
        Assert.Equal(505, all.Select(static change => change.Version).Distinct().Count());
        Assert.Single(reader.Parts, static part => part.Changes.Count > 0 && part.EndsTransaction);
    }

    [Fact]
    [Behaviour(30)]
    public async Task A_reader_that_pauses_for_ten_times_the_servers_patience_is_not_cut_off_and_misses_nothing()
    {
        var patience = TimeSpan.FromSeconds(1.5);
        await using var postgres = await TroubledPostgres.StartAsync();
        await using var feed = postgres.OpenFeed(options: $"-c wal_sender_timeout={patience.TotalMilliseconds:0}ms");
        var start = await feed.PrepareAsync(Tables, null, GapPolicy.Stop, CancellationToken.None);
        // More than the sockets between the two hold.
        await postgres.ExecuteAsync("insert into person (id, note) select i, repeat('x', 1000) from generate_series(1, 20000) i");
        using var stop = new CancellationTokenSource();
        await using var reading = feed.ReadAsync(start.Start, stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await reading.MoveNextAsync());
        var rows = reading.Current.Changes.Count;

        await Task.Delay(patience * 10, TestContext.Current.CancellationToken);

        while (rows < 20_000 && await reading.MoveNextAsync()) rows += reading.Current.Changes.Count;
        await stop.CancelAsync();
        Assert.Equal(20_000, rows);
    }

    [Fact]
    [Behaviour(23, 24)]
    public async Task What_the_slot_holds_back_stays_bounded_while_only_others_write_in_this_database_and_in_another()
    {
        const long Bound = 64L << 20;
        await using var postgres = await TroubledPostgres.StartAsync();
        await using (var connection = await postgres.ConnectAsync()) await connection.ExecuteAsync("create database other");
        await using var other = await postgres.ConnectAsync("other");
        await other.ExecuteAsync("create table busy (id integer, filler text)");
        await using var feed = postgres.OpenFeed();
        var start = await feed.PrepareAsync(Tables, null, GapPolicy.Stop, CancellationToken.None);
        await using var reader = new FeedReader(feed, start.Start);
        for (var hour = 0; hour < 8; hour++)
        {
            const string Write = "insert into busy select i, repeat('z', 1000) from generate_series(1, 30000) i; checkpoint;";
            if (hour % 2 == 0) await other.ExecuteAsync(Write);
            else await postgres.ExecuteAsync(Write);
            await Wait.UntilAsync(
                async () =>
                {
                    if (reader.Parts.LastOrDefault(static part => part.EndsTransaction) is { } part) feed.Acknowledge(part.Position);
                    return (await feed.HeadAsync(CancellationToken.None)).Retained < Bound;
                },
                $"less than {Bound >> 20} MB are held back");
        }

        Assert.True(await postgres.AskAsync<long>("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint") > 3 * Bound);
    }

    private static async Task CopyAsync(TroubledPostgres postgres, int rows)
    {
        await using var connection = await postgres.ConnectAsync();
        await using var copy = await connection.BeginTextImportAsync("copy person (id, name) from stdin");
        for (var id = 1; id <= rows; id++) await copy.WriteLineAsync($"{id}\tn");
    }

    /// <summary>Reads until so many changes have come, and goes away in the middle.</summary>
    private static async Task<IReadOnlyList<RowChange>> FirstPartsAsync(PostgresChangeFeed feed, ulong after, int changes)
    {
        var seen = new List<RowChange>();
        await foreach (var part in feed.ReadAsync(after, CancellationToken.None))
        {
            seen.AddRange(part.Changes);
            if (seen.Count >= changes) break;
        }

        return seen;
    }

    /// <summary>Reads until so many changes have come, or the transaction has ended, and keeps none.</summary>
    private static async Task<(int Rows, int Ended, long HighestMemory)> ReadAsync(PostgresChangeFeed feed, ulong after, int changes)
    {
        var (rows, ended, highest) = (0, 0, 0L);
        await foreach (var part in feed.ReadAsync(after, CancellationToken.None))
        {
            Assert.InRange(part.Changes.Count, 0, 2_000);
            rows += part.Changes.Count;
            if (part.EndsTransaction && part.Changes.Count > 0) ended++;
            if (rows % 100_000 < 2_000) highest = Math.Max(highest, GC.GetTotalMemory(forceFullCollection: false));
            if (rows >= changes && (ended > 0 || changes <= 1_000_000)) break;
        }

        return (rows, ended, highest);
    }
}
