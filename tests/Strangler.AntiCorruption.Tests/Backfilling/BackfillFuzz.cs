using System.Data.Common;
using System.Globalization;
using Dapper;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>
/// Writers of every kind beside a backfill whose run is broken off again and again, on real sources. What must hold whatever happens: the store ends
/// with the rows of the source, byte for byte, and no row of it ever goes back. STRANGLER_FUZZ_SEEDS=N runs N seeds instead of the few.
/// </summary>
public abstract class BackfillFuzz : IAsyncLifetime
{
    private const int Keys = 500;

    private readonly string folder = Directory.CreateTempSubdirectory("strangler-fuzz-").FullName;
    private readonly SemaphoreSlim writing = new(1);
    private long count;

    protected TestSource Source { get; private set; } = null!;

    protected virtual (string Key, string Value)[] SourceSettings => [];

    /// <summary>How a session of this source takes the next number of a label while it holds the row.</summary>
    protected abstract string NextLabel { get; }

    public static TheoryData<int> Seeds =>
        [.. Enumerable.Range(1, int.Parse(Environment.GetEnvironmentVariable("STRANGLER_FUZZ_SEEDS") ?? "3", CultureInfo.InvariantCulture))];

    private string Store => $"Data Source={Path.Combine(folder, "acl.db")}";

    public async ValueTask InitializeAsync()
    {
        Source = await StartSourceAsync();
        await Source.ExecuteAsync("create table thing (id integer primary key, label integer, note text, large text)");
        await Source.ExecuteAsync("create table sheet (id integer primary key, label integer, note text, large text)");
        await CreateLabelsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        writing.Dispose();
        if (Source is not null) await Source.DisposeAsync();
        await using (var pooled = new Microsoft.Data.Sqlite.SqliteConnection(Store)) Microsoft.Data.Sqlite.SqliteConnection.ClearPool(pooled);
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected abstract Task<TestSource> StartSourceAsync();

    protected abstract Task CreateLabelsAsync();

    /// <summary>The statement by which this source empties a table.</summary>
    protected abstract string Emptying(string table);

    /// <summary>Ends the layer's connections to the source from outside; false when this source has none.</summary>
    protected abstract Task<bool> CutConnectionsAsync();

    [Theory]
    [MemberData(nameof(Seeds))]
    [Behaviour(38, 48, 50)]
    public async Task Whatever_is_written_and_broken_off_beside_a_backfill_the_store_ends_as_the_source(int seed)
    {
        var random = new Random(seed);
        var medium = new InProcessMedium();
        await using var store = await GuardedStore.StartAsync(medium, "test.thing.stated.v1", "test.thing.gone.v1", "test.sheet.stated.v1", "test.sheet.gone.v1");
        foreach (var table in new[] { "thing", "sheet" })
        {
            await Source.InTransactionAsync([.. Enumerable.Range(0, Keys / 2).Select(id => $"insert into {table} (id, label, large) values ({(id * 2) + 1}, {NextLabel}, '{Large(random)}')")]);
        }

        var faulty = new FaultyMedium(medium);
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(1, 2).Select(number => Task.Run(() => WriteAsync(new Random((seed * 100) + number), stop.Token))).ToList();
        var layer = await StartAsync(faulty);
        try
        {
            for (var round = 0; round < 8; round++)
            {
                var until = Interlocked.Read(ref count) + random.Next(10, 60);
                await Wait.UntilAsync(() => Interlocked.Read(ref count) >= until || writers.Any(static writer => writer.IsFaulted), "writers have gone on");
                switch (random.Next(6))
                {
                    case 0:
                        faulty.FailNextConfirms = 1;
                        break;
                    case 1 when await CutConnectionsAsync():
                        break;
                    case 2:
                        // What was published and not stored when capture was lost too would be known to nobody: two faults at once are too many.
                        await writing.WaitAsync();
                        await layer.UntilCaughtUpAsync();
                        await layer.DisposeAsync();
                        writing.Release();
                        await using (var capture = Source.OpenFeed()) await capture.RemoveAsync(CancellationToken.None);
                        layer = await StartAsync(faulty);
                        break;
                    case 3:
                        await layer.DisposeAsync();
                        layer = await StartAsync(faulty);
                        break;
                    case 4:
                        await EmptyAsync(random.Next(2) == 0 ? "thing" : "sheet", random);
                        break;
                    default:
                        await layer.PostAsync("/backfill/start", new { table = random.Next(2) == 0 ? "thing" : "sheet" });
                        break;
                }
            }

            await stop.CancelAsync();
            foreach (var writer in writers) await writer;
            faulty.FailNextConfirms = 0;
            var expected = await RowsAsync();
            await layer.UntilCaughtUpAsync();
            // What is safe in this medium is consumed: nothing is under way any more.
            var held = store.Rows;

            Assert.Equal(Lines(expected), Lines(held));
            Assert.Empty(store.Backwards);
            Assert.Empty(store.Incomplete);
        }
        finally
        {
            await stop.CancelAsync();
            await layer.DisposeAsync();
        }
    }

    private Task<TestLayer> StartAsync(IMedium medium) => TestLayer.StartAsync(
        Source.ConnectionString, Store, medium, null, null, static layer => layer.AddTranslator<ThingTranslator>().AddTranslator<SheetTranslator>(),
        [("AntiCorruption:OnGap", "Backfill"), ("AntiCorruption:OnTruncate", "Backfill"), ("AntiCorruption:HealAgainAfter", "00:00:00"), ("AntiCorruption:BackfillChunkRows", "40"), ("AntiCorruption:BackfillChunkTime", "00:00:00.010"), .. SourceSettings]);

    /// <summary>Empties a table and fills it with a few rows in the same transaction, unless the writers are in its way.</summary>
    private async Task EmptyAsync(string table, Random random)
    {
        try
        {
            await Source.InTransactionAsync(
                [Emptying(table), .. Enumerable.Range(0, 20).Select(id => $"insert into {table} (id, label, large) values ({(id * 9) + 1}, {NextLabel}, '{Large(random)}')")]);
        }
        catch (DbException refused) when (IsExpected(refused))
        {
            // As with any transaction.
        }
    }

    private async Task WriteAsync(Random random, CancellationToken stop)
    {
        await using var connection = await Source.ConnectAsync();
        while (!stop.IsCancellationRequested)
        {
            await writing.WaitAsync(CancellationToken.None);
            writing.Release();
            await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
            try
            {
                for (var statement = random.Next(1, 5); statement > 0; statement--) await connection.ExecuteAsync(Statement(random), transaction: transaction);
                if (random.Next(8) == 0) await transaction.RollbackAsync(CancellationToken.None);
                else await transaction.CommitAsync(CancellationToken.None);
            }
            catch (DbException refused) when (IsExpected(refused))
            {
                // A key that is taken, or two writers in each other's way: this transaction never was.
                await transaction.RollbackAsync(CancellationToken.None);
            }

            Interlocked.Increment(ref count);
        }
    }

    protected abstract bool IsExpected(DbException refused);

    private string Statement(Random random)
    {
        var (id, other) = (random.Next(1, Keys + 100), random.Next(1, Keys + 100));
        return random.Next(10) switch
        {
            0 => $"insert into thing (id, label, large) values ({id}, {NextLabel}, '{Large(random)}')",
            1 => $"insert into sheet (id, label, large) values ({id}, {NextLabel}, '{Large(random)}')",
            2 => $"update thing set note = '{random.Next()}' where id = {id}",
            3 => $"update sheet set note = '{random.Next()}' where id = {id}",
            4 => $"update thing set label = {NextLabel} where id = {id}",
            5 => $"update sheet set label = {NextLabel} where id = {id}",
            6 => $"update thing set label = {NextLabel}, id = {other} where id = {id}",
            7 => $"update sheet set label = {NextLabel}, id = {other} where id = {id}",
            8 => $"delete from thing where id = {id}",
            _ => $"delete from sheet where id = {id}",
        };
    }

    private static string Large(Random random) => random.Next(3) == 0 ? "small" : new string((char)('a' + random.Next(26)), 3_000 + random.Next(10));

    private static IEnumerable<string> Lines(IReadOnlyDictionary<string, string> rows) => rows.Select(static row => $"{row.Key} {row.Value}").Order(StringComparer.Ordinal);

    private async Task<Dictionary<string, string>> RowsAsync()
    {
        await using var connection = await Source.ConnectAsync();
        var rows = new Dictionary<string, string>();
        foreach (var table in new[] { "thing", "sheet" })
        {
            foreach (var (id, label, large) in await connection.QueryAsync<(long, long, string)>($"select id, label, large from {table}")) rows.Add($"{table}/{id}", $"{label}|{large}");
        }

        return rows;
    }
}

public sealed class BackfillFuzzOverPostgres : BackfillFuzz
{
    protected override (string Key, string Value)[] SourceSettings => [("AntiCorruption:Slot", ((PostgresLegacy)Source).Slot)];

    protected override string NextLabel => "nextval('labels')";

    protected override string Emptying(string table) => $"truncate {table}";

    protected override async Task<TestSource> StartSourceAsync() => await PostgresLegacy.CreateAsync("fuzz");

    protected override async Task CreateLabelsAsync()
    {
        await Source.ExecuteAsync("create sequence labels");
        foreach (var table in new[] { "thing", "sheet" }) await Source.ExecuteAsync($"alter table {table} alter column large set storage external");
    }

    protected override async Task<bool> CutConnectionsAsync()
    {
        await Source.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'strangler'");
        return true;
    }

    protected override bool IsExpected(DbException refused) => refused.SqlState is Npgsql.PostgresErrorCodes.UniqueViolation or Npgsql.PostgresErrorCodes.DeadlockDetected;
}

public sealed class BackfillFuzzOverSqlite : BackfillFuzz
{
    protected override string NextLabel => "(select coalesce(max(id), 0) + 1 from labels)";

    protected override string Emptying(string table) => $"delete from {table}";

    protected override Task<TestSource> StartSourceAsync() => Task.FromResult<TestSource>(new SqliteSource());

    // One writer at a time: a trigger counts on with every row that takes a label.
    protected override Task CreateLabelsAsync() => Source.ExecuteAsync(
        """
        create table labels (id integer primary key);
        create trigger thing_inserted after insert on thing begin insert into labels values (null); end;
        create trigger sheet_inserted after insert on sheet begin insert into labels values (null); end;
        create trigger thing_labelled after update of label on thing begin insert into labels values (null); end;
        create trigger sheet_labelled after update of label on sheet begin insert into labels values (null); end;
        """);

    protected override Task<bool> CutConnectionsAsync() => Task.FromResult(false);

    // 19: constraint.
    protected override bool IsExpected(DbException refused) => refused is Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: 19 };
}
