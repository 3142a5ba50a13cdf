using Microsoft.Extensions.Logging.Abstractions;
using Strangler.AntiCorruption;
using Strangler.Messaging;

namespace Strangler.Bench.Acl;

/// <summary>A legacy database on SQLite: its trigger log read alone, and read and translated by the whole layer with a medium that confirms at once.</summary>
internal static class SqliteBench
{
    private const string Read = "read alone";
    private const string Translate = "read, translate, store";
    private const string Name = "bench_sqlite";

    public static async Task<BenchResult> RunAsync(BenchPlan plan, CancellationToken cancellation)
    {
        var (source, store) = ($"Data Source={Path.Combine(BenchPlan.Folder, "legacy.db")}", $"Data Source={Path.Combine(BenchPlan.Folder, "layer.db")}");
        await using var legacy = StoreDataSource.Create(source);
        await ExecuteAsync("create table exame (id integer primary key, paciente_id integer not null, dt_exame text not null, situacao text not null, obs text not null)");
        var medium = new CountingMedium(new SilentMedium());
        var (reads, translates, costs) = (new List<double>(), new List<double>(), new List<double>());
        // The triggers are there from the first start on.
        await PumpAsync(medium.Opened);
        for (var round = 0; round <= plan.Rounds; round++)
        {
            await using var feed = new TriggerLogFeed(source, new(), TimeProvider.System, NullLogger<TriggerLogFeed>.Instance);
            var after = (await feed.HeadAsync(cancellation)).Position;
            await ExecuteAsync(Write.Replace("@Rows", $"{plan.Rows}", StringComparison.Ordinal));
            var begun = TimeProvider.System.GetTimestamp();
            var count = 0;
            await foreach (var part in feed.ReadAsync(after, cancellation))
            {
                count += part.Changes.Count;
                if (count >= plan.Rows) break;
            }

            var read = plan.Rows / TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
            var used = Environment.CpuUsage.TotalTime;
            begun = TimeProvider.System.GetTimestamp();
            var confirmed = medium.ExpectAsync(after, plan.Rows);
            await PumpAsync(confirmed);
            var translated = plan.Rows / TimeProvider.System.GetElapsedTime(begun, await confirmed).TotalSeconds;
            if (round == 0) continue;
            reads.Add(read);
            translates.Add(translated);
            costs.Add((Environment.CpuUsage.TotalTime - used).TotalMicroseconds / plan.Rows);
            await Console.Error.WriteLineAsync($"sqlite: round {round}/{plan.Rounds} read alone {Report.Number(read)}, with translation and store {Report.Number(translated)} rows/s");
        }

        Series all = new(Translate, "rows/s", translates);
        return new(
            "acl: SQLite feed",
            [
                $"{plan.Rows:#,0} rows a round, inserted in one transaction, which writes the log; read alone: the change feed, dropped",
                $"{Translate}: the pump as a host runs it, from its start to the last confirm of a medium that confirms at once; its store is an SQLite file too",
            ],
            [new(Read, "rows/s", reads), all, new(Translate, "client cpu us/row", costs)],
            [all.Alone(Bar.Least(20_000))]);

        async Task PumpAsync(Task until)
        {
            using var pump = LayerHost.Create(Name, source, store, medium);
            await pump.StartAsync(cancellation);
            await until.WaitAsync(cancellation);
            await pump.StopAsync(cancellation);
        }

        async Task ExecuteAsync(string sql)
        {
            await using var command = legacy.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    private const string Write = """
        insert into exame (paciente_id, dt_exame, situacao, obs)
        with recursive numbers(number) as (select 1 union all select number + 1 from numbers where number < @Rows)
        select number, '20/11/2026', 'A', replace(printf('%.37c', '-'), '-', 'observacao ') from numbers
        """;
}
