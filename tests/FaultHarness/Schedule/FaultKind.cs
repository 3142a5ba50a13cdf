namespace Strangler.Faults.Schedule;

/// <summary>One kind of fault.</summary>
/// <param name="Name">As it is reported.</param>
/// <param name="Target">What it strikes.</param>
/// <param name="Action">How.</param>
/// <param name="Weight">How often it is drawn, beside the others.</param>
internal sealed record FaultKind(string Name, Target Target, FaultAction Action, int Weight)
{
    /// <summary>Every kind. Servers take seconds to come back, so they are killed less often than processes.</summary>
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        new("kill layer", Target.Layer, FaultAction.Kill, 40),
        new("kill standby", Target.Standby, FaultAction.Kill, 20),
        new("pause standby", Target.Standby, FaultAction.Pause, 10),
        new("kill consumer a2", Target.ConsumerA2, FaultAction.Kill, 12),
        new("remove consumer a2", Target.ConsumerA2, FaultAction.Stop, 8),
        new("pause consumer a2", Target.ConsumerA2, FaultAction.Pause, 3),
        new("kill consumer a", Target.ConsumerA, FaultAction.Kill, 18),
        new("kill consumer b", Target.ConsumerB, FaultAction.Kill, 14),
        new("kill source", Target.Source, FaultAction.Kill, 10),
        new("kill stores", Target.Stores, FaultAction.Kill, 8),
        new("cut off node", Target.Broker, FaultAction.CutOff, 6) { NeedsCluster = true },
        new("pause node", Target.Broker, FaultAction.Pause, 4) { NeedsCluster = true },
        new("kill broker", Target.Broker, FaultAction.Kill, 4),
        new("drop slot", Target.Source, FaultAction.DropSlot, 20),
        new("stop source at once", Target.Source, FaultAction.Quit, 2),
        new("stop source in order", Target.Source, FaultAction.Stop, 2),
        new("stop stores in order", Target.Stores, FaultAction.Stop, 1),
        new("stop broker in order", Target.Broker, FaultAction.Stop, 1),
        new("pause layer", Target.Layer, FaultAction.Pause, 4),
        new("pause consumer a", Target.ConsumerA, FaultAction.Pause, 3),
        new("memory alarm", Target.Broker, FaultAction.MemoryAlarm, 1),
        new("disk alarm", Target.Broker, FaultAction.DiskAlarm, 1),
        new("full disk of stores", Target.Stores, FaultAction.FullDisk, 12) { NeedsSmallDisks = true },
        new("full disk of broker", Target.Broker, FaultAction.FullDisk, 4) { NeedsSmallDisks = true },
        new("full queues", Target.Broker, FaultAction.FullQueues, 2),
        new("reset layer-broker", Target.LayerToBroker, FaultAction.Reset, 6),
        new("black hole layer-broker", Target.LayerToBroker, FaultAction.BlackHole, 5),
        new("slow layer-broker", Target.LayerToBroker, FaultAction.Slow, 2),
        new("reset layer-source", Target.LayerToSource, FaultAction.Reset, 4),
        new("black hole layer-source", Target.LayerToSource, FaultAction.BlackHole, 4),
        new("slow layer-source", Target.LayerToSource, FaultAction.Slow, 2),
        new("reset consumers-broker", Target.ConsumersToBroker, FaultAction.Reset, 4),
        new("black hole consumers-broker", Target.ConsumersToBroker, FaultAction.BlackHole, 4),
    ];

    /// <summary>True when it strikes one of several nodes of the broker.</summary>
    public bool NeedsCluster { get; init; }

    /// <summary>True when it needs servers with a disk of their own.</summary>
    public bool NeedsSmallDisks { get; init; }

    /// <summary>True when a process is ended by SIGKILL.</summary>
    public bool IsKill => Action == FaultAction.Kill;
}

/// <summary>How a fault strikes.</summary>
internal enum FaultAction
{
    /// <summary>SIGKILL; it starts again afterwards.</summary>
    Kill,

    /// <summary>PostgreSQL's immediate shutdown.</summary>
    Quit,

    /// <summary>An orderly end, and a start: of a process, that an instance is removed and added.</summary>
    Stop,

    /// <summary>The replication slot is dropped, with every change that the layer has not read.</summary>
    DropSlot,

    /// <summary>SIGSTOP, then SIGCONT.</summary>
    Pause,

    /// <summary>The broker blocks publishers: no memory left.</summary>
    MemoryAlarm,

    /// <summary>The broker blocks publishers: no disk left.</summary>
    DiskAlarm,

    /// <summary>The disk of the stores has not a byte left: they may end by themselves, and start again when there is room. The broker's has less than it wants to be free.</summary>
    FullDisk,

    /// <summary>A node of the broker is cut off from the others; clients still reach it.</summary>
    CutOff,

    /// <summary>The broker refuses messages: its queues may hold only a few, and are full and not full in turn.</summary>
    FullQueues,

    /// <summary>Every connection of a link is reset.</summary>
    Reset,

    /// <summary>Nothing passes a link, then what was under way is lost and its connections are reset.</summary>
    BlackHole,

    /// <summary>Every read of a link is late.</summary>
    Slow,
}
