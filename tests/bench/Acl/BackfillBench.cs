using Npgsql;
using RabbitMQ.Client;

namespace Strangler.Bench.Acl;

/// <summary>The rows that a legacy database has when its layer begins: read, translated, published and confirmed, with nothing else to do.</summary>
internal static class BackfillBench
{
    private const string Name = "bench_backfill";
    private const string Contestant = "backfill";

    public static async Task<BenchResult> RunAsync(BenchPlan plan, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(await Servers.CreateDatabaseAsync($"{Name}_legacy", cancellation));
        var rows = new SourceRows(database);
        await rows.CreateAsync(cancellation);
        await Console.Error.WriteLineAsync($"backfill: writing {plan.ManyRows:#,0} rows");
        await rows.InsertAsync(plan.ManyRows, cancellation);
        await using var connection = await new ConnectionFactory { Uri = new(Servers.RabbitMq) }.CreateConnectionAsync(cancellation);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        var medium = LayerHost.Medium(Name, Servers.RabbitMq);
        await Layer.DeclareAsync(Name, medium, cancellation);
        var layer = new Layer(Name, rows, await Servers.CreateDatabaseAsync($"{Name}_store", cancellation), medium);
        var (rate, used) = await layer.DrainAsync(0, plan.ManyRows, cancellation);
        var found = await Layer.EmptyAsync(Name, channel, cancellation);
        if (found < plan.ManyRows) throw new BenchException($"backfill: {found} messages are in the queues, {plan.ManyRows} were expected.");
        Series measured = new(Contestant, "rows/s", [rate]);
        return new(
            "acl: backfill",
            [$"{plan.ManyRows:#,0} rows, from the start of the pump, its first capture included, until the last message is confirmed; once; servers and layer share this machine's cores"],
            [measured, new(Contestant, "client cpu us/row", [used.TotalMicroseconds / plan.ManyRows])],
            [measured.Alone(Bar.Least(10_000))]);
    }
}
