using System.CommandLine;
using System.Runtime.InteropServices;
using Strangler.Faults.Plants;
using Strangler.Faults.Runs;
using Strangler.Faults.Schedule;
using Strangler.Faults.Subject;

// The processes under test are this same program.
switch (args)
{
    case [LayerHost.Mode, .. var settings]:
        await LayerHost.RunAsync(settings);
        return 0;
    case [ConsumerHost.Mode, .. var settings]:
        await ConsumerHost.RunAsync(settings);
        return 0;
}

var seeds = new Option<int>("--seeds") { DefaultValueFactory = _ => 10, Description = "Scenarios to run, each with 12 to 20 faults" };
var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "Seed of the first one; the others count up" };
var minutes = new Option<double?>("--minutes") { Description = "Begin no scenario after so long" };
var json = new Option<FileInfo?>("--json") { Description = "Also write the result to this file" };
var plant = new Option<PlantKind?>("--plant") { Description = "Plant a fault around the library, to see the oracle catch it", CustomParser = PlantOf };
seeds.Validators.Add(result =>
{
    if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var value) && value < 1) result.AddError($"--seeds is {value}; use 1 or more.");
});

var only = new Option<FaultKind[]>("--only") { Description = "Draw from this kind of fault alone, e.g. 'full queues'; may be given several times", CustomParser = KindsOf, AllowMultipleArgumentsPerToken = false, Arity = System.CommandLine.ArgumentArity.OneOrMore };
var cluster = new Option<bool>("--cluster") { Description = "The broker is a cluster of three nodes, of which one is struck at a time" };
var smallDisks = new Option<bool>("--small-disks") { Description = "Stores and broker are on disks of their own, which are full now and then; mounts them in memory, so as root" };
cluster.Validators.Add(result =>
{
    if (result.GetValue(cluster) && result.GetValue(smallDisks)) result.AddError("--cluster and --small-disks do not go together: the nodes of a cluster share a folder.");
});
only.Validators.Add(result =>
{
    foreach (var kind in result.GetValue(only) ?? [])
    {
        if (kind.NeedsCluster && !result.GetValue(cluster)) result.AddError($"--only '{kind.Name}' needs --cluster.");
        if (kind.NeedsSmallDisks && !result.GetValue(smallDisks)) result.AddError($"--only '{kind.Name}' needs --small-disks.");
    }
});

var command = new RootCommand("Kills, cuts and blocks every part of a running anti-corruption layer, and compares what its consumers have with what was committed.")
{
    seeds, seed, minutes, json, plant, only, cluster, smallDisks,
};
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

    var plan = new RunPlan(
        parsed.GetRequiredValue(seeds), parsed.GetRequiredValue(seed),
        parsed.GetValue(minutes) is { } limit ? TimeSpan.FromMinutes(limit) : null, parsed.GetValue(plant))
    {
        HasCluster = parsed.GetValue(cluster),
        HasSmallDisks = parsed.GetValue(smallDisks),
        Only = parsed.GetValue(only) is { Length: > 0 } kinds ? kinds : null,
    };
    await Console.Error.WriteLineAsync($"faults: starting two PostgreSQL servers and {(plan.HasCluster ? "three RabbitMQ nodes" : "a RabbitMQ node")}");
    Report report;
    await using (var bed = await TestBed.StartAsync(plan.HasCluster, plan.HasSmallDisks))
    {
        var run = new Run(bed, plan, Console.Error);
        var results = await run.RunAsync(stop.Token);
        report = new(plan.Plant, run.Progress.Elapsed.TotalSeconds, run.Progress.Kills, run.Progress.Faults, results);
    }

    await report.PrintAsync(Console.Out);
    if (parsed.GetValue(json) is { } file) await report.WriteAsync(file);
    return report.Violations == 0 ? 0 : 1;
});

var given = command.Parse(args);
foreach (var error in given.Errors) Console.Error.WriteLine(error.Message);
// Null: the library's own handling would end the process two seconds after a signal, with servers still running.
return given.Errors.Count > 0 ? 2 : await given.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static FaultKind[]? KindsOf(System.CommandLine.Parsing.ArgumentResult result)
{
    var unknown = result.Tokens.FirstOrDefault(token => FaultKind.All.All(kind => kind.Name != token.Value));
    if (unknown is null) return [.. FaultKind.All.Where(kind => result.Tokens.Any(token => token.Value == kind.Name))];
    result.AddError($"--only is '{unknown.Value}'; use {string.Join(", ", FaultKind.All.Select(kind => kind.Name))}.");
    return null;
}

static PlantKind? PlantOf(System.CommandLine.Parsing.ArgumentResult result)
{
    var text = result.Tokens[0].Value;
    foreach (var kind in Enum.GetValues<PlantKind>())
    {
        if (text == Plant.NameOf(kind)) return kind;
    }

    result.AddError($"--plant is '{text}'; use {string.Join(", ", Enum.GetValues<PlantKind>().Select(Plant.NameOf))}.");
    return null;
}
