using System.Collections.Concurrent;
using Strangler.Faults.Schedule;
using Strangler.Tests.Servers;

namespace Strangler.Faults.Runs;

/// <summary>Makes faults happen and heals them.</summary>
internal sealed class Injector(TestBed bed, Subjects subjects, SeedDatabases databases, RunProgress progress)
{
    private const string FullPolicy = "full";

    /// <summary>Below the limit of the broker's settings (200 MB), and more than is written before it looks (within 10 s).</summary>
    private const long BrokersReserve = 150L << 20;

    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(30);

    private readonly Dictionary<Target, SemaphoreSlim> turns = Enum.GetValues<Target>().ToDictionary(target => target, _ => new SemaphoreSlim(1));
    private readonly ConcurrentQueue<string> log = [];
    private PrivateRabbitMq node = bed.Broker;
    private int strikes;

    /// <summary>What happened, in order, with times.</summary>
    public IEnumerable<string> Log => log;

    /// <summary>Goes through the faults; returns when the last one is healed.</summary>
    /// <param name="faults">In their order.</param>
    /// <param name="cancellation">Makes no more faults; those that are there are healed.</param>
    public async Task RunAsync(IEnumerable<PlannedFault> faults, CancellationToken cancellation)
    {
        var running = new List<Task>();
        foreach (var fault in faults)
        {
            if (!fault.Overlaps) await Task.WhenAll(running);
            await Task.Delay(fault.After, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellation.IsCancellationRequested) break;
            running.Add(StrikeAsync(fault, cancellation));
        }

        await Task.WhenAll(running);
    }

    private async Task StrikeAsync(PlannedFault fault, CancellationToken cancellation)
    {
        var turn = turns[fault.Kind.Target];
        await turn.WaitAsync(CancellationToken.None);
        try
        {
            Note($"begins: {fault}");
            await BreakAsync(fault.Kind);
            progress.Struck(fault.Kind);
            await Task.Delay(fault.Lasts, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await HealAsync(fault.Kind);
            Note($"healed: {fault.Kind.Name}");
        }
        finally
        {
            turn.Release();
        }
    }

    private Task BreakAsync(FaultKind kind) => (kind.Target, kind.Action) switch
    {
        (_, FaultAction.Kill) when IsProcess(kind.Target) => ProcessOf(kind.Target).KillAsync(),
        (_, FaultAction.Stop) when IsProcess(kind.Target) => ProcessOf(kind.Target).StopAsync(),
        (Target.Broker, FaultAction.CutOff) => PrivateRabbitMqCluster.CutOffAsync(NextNode()),
        (Target.Broker, FaultAction.Pause) => Done(NextNode().Pause),
        (Target.Broker, FaultAction.Kill) => NextNode().KillAsync(),
        (Target.Broker, FaultAction.Stop) => NextNode().KillAsync(Signals.Terminate),
        (_, FaultAction.Pause) => Done(ProcessOf(kind.Target).Pause),
        (Target.Broker, FaultAction.MemoryAlarm) => CommandAsync("set_vm_memory_high_watermark", "absolute", "1"),
        (Target.Broker, FaultAction.DiskAlarm) => CommandAsync("set_disk_free_limit", "900000000000000"),
        (Target.Broker, FaultAction.FullDisk) => FillBrokersDiskAsync(),
        (_, FaultAction.FullDisk) => Done(bed.StoresDisk!.Fill),
        (Target.Broker, FaultAction.FullQueues) => CommandAsync(
            "set_policy", FullPolicy, $"^{TestBed.Exchange}\\..*\\.[0-9]+$", """{"max-length":10,"overflow":"reject-publish"}""", "--apply-to", "queues"),
        (_, FaultAction.DropSlot) => databases.DropSlotAsync(),
        (_, FaultAction.Kill) => ServerOf(kind.Target).KillAsync(),
        (_, FaultAction.Quit) => ServerOf(kind.Target).KillAsync(Signals.Quit),
        (_, FaultAction.Stop) => ServerOf(kind.Target).KillAsync(Signals.Interrupt),
        (_, FaultAction.Reset) => Done(LinkOf(kind.Target).Reset),
        (_, FaultAction.BlackHole) => Done(LinkOf(kind.Target).Freeze),
        (_, FaultAction.Slow) => Done(() => LinkOf(kind.Target).Delay = Late),
        _ => throw new InvalidOperationException($"Nobody knows how to make '{kind.Name}'."),
    };

    private Task HealAsync(FaultKind kind)
    {
        switch (kind.Target, kind.Action)
        {
            case (_, FaultAction.Kill or FaultAction.Stop) when IsProcess(kind.Target):
                return Done(ProcessOf(kind.Target).Start);
            case (Target.Broker, FaultAction.CutOff):
                return bed.Cluster!.JoinAgainAsync(node);
            case (Target.Broker, FaultAction.Pause):
                return Done(node.Continue);
            case (Target.Broker, FaultAction.Kill or FaultAction.Stop):
                return node.StartAsync();
            case (_, FaultAction.Pause):
                return Done(ProcessOf(kind.Target).Continue);
            case (_, FaultAction.MemoryAlarm):
                return CommandAsync("set_vm_memory_high_watermark", "0.4");
            case (_, FaultAction.DiskAlarm):
                return CommandAsync("set_disk_free_limit", "200MB");
            case (Target.Broker, FaultAction.FullDisk):
                return Done(bed.BrokersDisk!.Free);
            case (_, FaultAction.FullDisk):
                bed.StoresDisk!.Free();
                return bed.Stores.StartAsync();
            case (_, FaultAction.FullQueues):
                return CommandAsync("clear_policy", FullPolicy);
            case (_, FaultAction.BlackHole):
                // What the relay holds back is lost with the connections, as in a network that drops packets.
                LinkOf(kind.Target).Reset();
                return Done(LinkOf(kind.Target).Thaw);
            case (_, FaultAction.Slow):
                return Done(() => LinkOf(kind.Target).Delay = TimeSpan.Zero);
            case (_, FaultAction.Reset or FaultAction.DropSlot):
                return Task.CompletedTask;
            default:
                return ServerOf(kind.Target).StartAsync();
        }
    }

    /// <summary>
    /// Leaves the broker less than it wants to be free, and waits until it has noticed. Without a byte left at once, before it looks, it would lose its queues and
    /// everything confirmed in them: RabbitMQ 3.10 cannot read their log any more at its next start.
    /// </summary>
    private async Task FillBrokersDiskAsync()
    {
        bed.BrokersDisk!.FillAllBut(BrokersReserve);
        while (!(await bed.Broker.ControlAsync("eval", "rabbit_alarm:get_alarms().")).Contains("disk", StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>A node that found itself in the minority takes itself out of service, and takes commands when it is back.</summary>
    private async Task CommandAsync(params string[] command)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await bed.Broker.ControlAsync("await_startup");
            try
            {
                await bed.Broker.ControlAsync(command);
                return;
            }
            catch (InvalidOperationException) when (TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromMinutes(1))
            {
                // It went out of service just then.
            }
        }
    }

    /// <summary>Each node of the broker is struck in its turn; there is one fault of the broker at a time.</summary>
    private PrivateRabbitMq NextNode() => node = bed.Cluster is { } cluster ? cluster.Nodes[strikes++ % cluster.Nodes.Count] : bed.Broker;

    private static bool IsProcess(Target target) => target is Target.Layer or Target.Standby or Target.ConsumerA or Target.ConsumerA2 or Target.ConsumerB;

    private SubjectProcess ProcessOf(Target target) => target switch
    {
        Target.Layer => subjects.Layer,
        Target.Standby => subjects.Standby!,
        Target.ConsumerA => subjects.A,
        Target.ConsumerA2 => subjects.A2!,
        _ => subjects.B,
    };

    private PrivatePostgres ServerOf(Target target) => target switch
    {
        Target.Source => bed.Source,
        _ => bed.Stores,
    };

    private TcpRelay LinkOf(Target target) => target switch
    {
        Target.LayerToBroker => bed.LayerToBroker,
        Target.LayerToSource => bed.LayerToSource,
        _ => bed.ConsumersToBroker,
    };

    private void Note(string what) => log.Enqueue(FormattableString.Invariant($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {what}"));

    private static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
