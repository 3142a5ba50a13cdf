using System.CommandLine;
using System.Runtime.InteropServices;
using Strangler.Bench;
using Strangler.Bench.Acl;
using Strangler.Bench.Facade;

// Contestants that are this same program: see Contestants.
if (args is [BareYarp.Mode, var listen, var backend])
{
    await BareYarp.RunAsync(listen, backend);
    return 0;
}

if (args is [BigOwner.Mode, var bigListen])
{
    await BigOwner.RunAsync(bigListen);
    return 0;
}

if (args is [LayerHost.Mode, var name, var source, var store, var broker])
{
    await LayerHost.RunAsync(name, source, store, broker);
    return 0;
}

(string Name, Func<BenchPlan, CancellationToken, Task<BenchResult>> Run)[] facade =
[
    ("throughput", ThroughputBench.RunAsync),
    ("shadow", ShadowBench.RunAsync),
    ("table", TableBench.RunAsync),
    ("memory", MemoryBench.RunAsync),
    ("flips", FlipBench.RunAsync),
];
(string Name, Func<BenchPlan, CancellationToken, Task<BenchResult>> Run)[] layer =
[
    ("publish", AclBench.RunAsync),
    ("consumer", ConsumerBench.RunAsync),
    ("end-to-end", EndToEndBench.RunAsync),
    ("backfill", BackfillBench.RunAsync),
    ("large", LargeTransactionBench.RunAsync),
    ("sqlite", SqliteBench.RunAsync),
    ("legacy", LegacyBench.RunAsync),
    ("soak", SoakBench.RunAsync),
];
const string OfFacade = "facade";
const string OfLayer = "acl";
var what = new Argument<string>("what") { Arity = ArgumentArity.ZeroOrOne, Description = "facade, acl, or a part of them; everything when left out" };
what.AcceptOnlyFromAmong([OfFacade, .. facade.Select(part => part.Name), OfLayer, .. layer.Select(part => part.Name)]);
var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 5, Description = "Rounds; each runs every contestant once, in random order" };
var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 8, Description = "seconds of load a contestant and round; facade: after a warm-up of as long, and at least 8" };
var rows = new Option<int>("--rows") { DefaultValueFactory = _ => 100_000, Description = "acl: rows a round" };
var manyRows = new Option<int>("--many-rows") { DefaultValueFactory = _ => 1_000_000, Description = "acl: rows of the backfill and of the large transaction" };
var minutes = new Option<int>("--minutes") { DefaultValueFactory = _ => 10, Description = "acl: how long the layer's memory is watched at full rate" };
var json = new Option<FileInfo?>("--json") { Description = "Also write the result, every round included, to this file" };
foreach (var number in (Option<int>[])[rounds, seconds, rows, manyRows, minutes])
{
    number.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var value) && value < 1) result.AddError($"{number.Name} is {value}; use 1 or more.");
    });
}

var command = new RootCommand("Measures the facade and the anti-corruption layer against their peers, as ratios within one run.") { what, rounds, seconds, rows, manyRows, minutes, json };

command.SetAction(async (parsed, _) =>
{
    using var stop = new CancellationTokenSource();
    using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        stop.Cancel();
    }

    var plan = new BenchPlan(parsed.GetRequiredValue(rounds), TimeSpan.FromSeconds(parsed.GetRequiredValue(seconds)), parsed.GetRequiredValue(rows), parsed.GetRequiredValue(manyRows), TimeSpan.FromMinutes(parsed.GetRequiredValue(minutes)));
    var machine = Machine.Read();
    Console.Out.WriteLine(machine);
    try
    {
        var results = new List<BenchResult>();
        var asked = parsed.GetValue(what);
        foreach (var (name, run) in facade)
        {
            if (asked is null or OfFacade || asked == name) results.Add(await run(plan, stop.Token));
        }

        foreach (var (name, run) in layer)
        {
            if (asked is null or OfLayer || asked == name) results.Add(await run(plan, stop.Token));
        }

        foreach (var result in results) Report.Print(result, Console.Out);
        if (parsed.GetValue(json) is { } file) await Report.WriteJsonAsync(file, machine, results, stop.Token);
        return 0;
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        Console.Error.WriteLine("bench: stopped");
        return 130;
    }
    catch (BenchException failure)
    {
        Console.Error.WriteLine($"bench: {failure.Message}");
        return 1;
    }
});
// Null: the library's own handling would end the process two seconds after a signal, with contestants still running.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
