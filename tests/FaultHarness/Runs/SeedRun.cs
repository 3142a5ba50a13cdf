using System.Diagnostics;
using Npgsql;
using Strangler.Faults.Oracle;
using Strangler.Faults.Schedule;
using Strangler.Faults.Workload;

namespace Strangler.Faults.Runs;

/// <summary>
/// One scenario from fresh databases to the verdict: writers write, faults strike, everything is healed, the consumers come to rest, and what
/// they have is compared with what was committed.
/// </summary>
internal sealed class SeedRun(TestBed bed, Scenario scenario, RunProgress progress)
{
    private const int Writers = 4;
    private const int BacklogRows = 5_000;

    /// <summary>Numbers of the writers of the first and the last transaction.</summary>
    private const int First = Writers, Last = Writers + 1;

    /// <summary>Keys of these; enough that every partition has some.</summary>
    private const int EdgeKeys = 32;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly string folder = Directory.CreateDirectory(Path.Combine(bed.Folder, scenario.Name)).FullName;
    private readonly List<Violation> deaths = [];

    /// <param name="cancellation">Makes no more faults and comes to the verdict.</param>
    public async Task<SeedResult> RunAsync(CancellationToken cancellation)
    {
        var databases = await SeedDatabases.CreateAsync(bed);
        var watch = Stopwatch.StartNew();
        using var committed = new CommittedRows(new(Path.Combine(folder, "committed.log")));
        await using var source = NpgsqlDataSource.Create(databases.Source.ConnectionString);
        await SourceTable.CreateAllAsync(source);
        Writer[] writers =
        [
            .. Enumerable.Range(0, Writers + 2).Select(number => new Writer(
                number, Writers + 2, number < Writers ? scenario.Keys : EdgeKeys, new((scenario.Seed * 10) + number), source, committed)),
        ];
        ConsumerStore[] consumers = [new(TestBed.ConsumerA, databases.StoreA.ConnectionString), new(TestBed.ConsumerB, databases.StoreB.ConnectionString)];
        await using var subjects = new Subjects(bed, scenario, databases, folder);
        var injector = new Injector(bed, subjects, databases, progress);
        var earlierKills = progress.Kills;
        StartAll(subjects.Consumers);
        if (scenario.Backfill)
        {
            await Task.WhenAll(writers[..Writers].Select(writer => writer.FillAsync(cancellation)));
        }
        else
        {
            // Capture has begun, and all that comes from now on comes by the stream.
            StartAll(subjects.Layers);
            await writers[First].FillAsync(CancellationToken.None);
            await DrainAsync(consumers, committed, subjects);
            if (scenario.Load == Load.Backlog) await Task.WhenAll(subjects.Layers.Select(layer => layer.KillAsync()));
        }

        using (var stop = new CancellationTokenSource())
        {
            var work = WorkAsync(writers, committed, stop.Token);
            try
            {
                if (scenario.Load == Load.Backlog) await UntilAsync(() => committed.Writes >= BacklogRows, cancellation);
                if (scenario.Backfill || scenario.Load == Load.Backlog) StartAll(subjects.Layers);
                await injector.RunAsync(scenario.Faults, cancellation);
            }
            finally
            {
                await stop.CancelAsync();
                await work;
            }
        }

        await writers[Last].FillAsync(CancellationToken.None);
        var drain = Stopwatch.StartNew();
        await DrainAsync(consumers, committed, subjects);
        drain.Stop();

        var views = await Task.WhenAll(consumers.Select(consumer => consumer.ReadAsync()));
        var gaps = subjects.Gaps;
        var unreadable = gaps.Count(static gap => gap.Contains("cannot be read after", StringComparison.Ordinal));
        Violation[] violations = [.. deaths, .. NeedlessGaps(gaps, unreadable), .. views.SelectMany(new Judge(committed.ByKey, scenario.ReadsRows || gaps.Count > 0).Violations)];
        var result = new SeedResult(
            scenario.Name, scenario.Load.ToString().ToLowerInvariant(), scenario.Backfill, progress.Kills - earlierKills, scenario.Faults.Count, committed.Writes,
            views.Sum(view => (long)view.Journal.Count), watch.Elapsed.TotalSeconds, drain.Elapsed.TotalSeconds, unreadable, violations);
        await subjects.DisposeAsync();
        if (violations.Length > 0)
        {
            await Evidence.WriteAsync(new(Path.Combine(folder, "violations.txt")), scenario, injector.Log, violations, committed.ByKey, views);
            return result;
        }

        await source.DisposeAsync();
        await databases.DropAsync();
        Directory.Delete(folder, recursive: true);
        return result;
    }

    /// <summary>Only a slot that was dropped, or that the server cannot read any more, is a reason to begin capture anew.</summary>
    private IEnumerable<Violation> NeedlessGaps(IReadOnlyList<string> gaps, int unreadable) =>
        scenario.LosesSlot || unreadable > 0 ? [] : gaps.Select(static gap => new Violation(ViolationKind.NeedlessGap, "layer", null, gap));

    private async Task WorkAsync(Writer[] writers, CommittedRows committed, CancellationToken stop)
    {
        // Taken once by who writes its own rows, as often as there are writers by who empties a table.
        using var mayWrite = new SemaphoreSlim(Writers);
        await Task.WhenAll(
        [
            .. writers[..Writers].Select((writer, number) => WriteAsync(writer, mayWrite, new(~((scenario.Seed * 10) + number)), committed, stop)),
            scenario.Truncates ? TruncateAsync(writers, mayWrite, new(~((scenario.Seed * 10) + Writers)), stop) : Task.CompletedTask,
        ]);
    }

    private async Task WriteAsync(Writer writer, SemaphoreSlim mayWrite, Random random, CommittedRows committed, CancellationToken stop)
    {
        var largeAfter = scenario.LargeTransaction > 0 && random.Next(Writers) == 0 ? random.Next(100) : -1;
        for (var transactions = 0; !stop.IsCancellationRequested; transactions++)
        {
            await mayWrite.WaitAsync(CancellationToken.None);
            try
            {
                if (transactions == largeAfter) await writer.WriteBulkAsync(scenario.LargeTransaction, CancellationToken.None);
                else if (random.Next(40) == 0) await writer.WriteBulkAsync(random.Next(5, 60), CancellationToken.None);
                else await writer.WriteAsync(CancellationToken.None);
            }
            finally
            {
                mayWrite.Release();
            }

            var pause = scenario.Load switch
            {
                Load.Idle => random.Next(800),
                Load.Backlog when committed.Writes < BacklogRows => 0,
                _ => random.Next(30),
            };
            await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Empties a table now and then, while nobody else writes: afterwards everybody has to know which of their rows are gone.</summary>
    private static async Task TruncateAsync(Writer[] writers, SemaphoreSlim mayWrite, Random random, CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(random.Next(500, 8_000), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested) return;
            for (var number = 0; number < Writers; number++) await mayWrite.WaitAsync(CancellationToken.None);
            await writers[random.Next(Writers)].TruncateAsync(SourceTable.All[random.Next(SourceTable.All.Count)], writers, CancellationToken.None);
            mayWrite.Release(Writers);
        }
    }

    /// <summary>Waits until every consumer has as much as was committed, or nothing has happened for long.</summary>
    private async Task DrainAsync(ConsumerStore[] consumers, CommittedRows committed, Subjects subjects)
    {
        var last = committed.ByKey.Values.Select(history => history[^1].N).OfType<long>().ToList();
        var (rows, sum) = (last.Count, last.Sum());
        var effects = new long[consumers.Length];
        var quiet = Stopwatch.StartNew();
        while (quiet.Elapsed < scenario.Patience)
        {
            Revive(subjects);
            var amounts = await Task.WhenAll(consumers.Select(consumer => consumer.AmountAsync()));
            if (amounts.All(amount => amount.Rows == rows && amount.Sum == sum)) return;
            if (!amounts.Select(amount => amount.LastEffect).SequenceEqual(effects)) quiet.Restart();
            effects = [.. amounts.Select(amount => amount.LastEffect)];
            await Task.Delay(BetweenLooks);
        }
    }

    /// <summary>A process that has ended by itself broke its promise, and is started again to see what else is wrong.</summary>
    private void Revive(Subjects subjects)
    {
        foreach (var subject in subjects.All.Where(subject => subject.IsDead))
        {
            deaths.Add(new(ViolationKind.Died, subject.Name, null, FormattableString.Invariant($"It ended by itself with exit code {subject.ExitCode}; see its log.")));
            subject.Start();
        }
    }

    private static void StartAll(IEnumerable<SubjectProcess> subjects)
    {
        foreach (var subject in subjects) subject.Start();
    }

    private static async Task UntilAsync(Func<bool> holds, CancellationToken cancellation)
    {
        while (!holds() && !cancellation.IsCancellationRequested) await Task.Delay(BetweenLooks, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
