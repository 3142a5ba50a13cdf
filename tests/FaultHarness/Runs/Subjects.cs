using System.Globalization;
using Strangler.AntiCorruption;
using Strangler.Faults.Plants;
using Strangler.Faults.Schedule;
using Strangler.Faults.Subject;

namespace Strangler.Faults.Runs;

/// <summary>The layer and its two consumers, as processes.</summary>
internal sealed class Subjects(TestBed bed, Scenario scenario, SeedDatabases databases, string folder) : IAsyncDisposable
{
    public SubjectProcess Layer { get; } = LayerOf("layer", bed, scenario, databases, folder);

    /// <summary>A second layer on the same source and store; null when the scenario has none.</summary>
    public SubjectProcess? Standby { get; } = scenario.HasStandby ? LayerOf("standby", bed, scenario, databases, folder) : null;

    public SubjectProcess A { get; } = Consumer("consumer a", TestBed.ConsumerA, bed, scenario, databases.StoreA.ConnectionString, databases.SourceName, folder);

    /// <summary>A second process of the first consumer; null when the scenario has none.</summary>
    public SubjectProcess? A2 { get; } =
        scenario.HasTwoInstances ? Consumer("consumer a2", TestBed.ConsumerA, bed, scenario, databases.StoreA.ConnectionString, databases.SourceName, folder) : null;

    public SubjectProcess B { get; } = Consumer("consumer b", TestBed.ConsumerB, bed, scenario, databases.StoreB.ConnectionString, databases.SourceName, folder);

    public IEnumerable<SubjectProcess> Layers => Standby is null ? [Layer] : [Layer, Standby];

    public IEnumerable<SubjectProcess> Consumers => A2 is null ? [A, B] : [A, A2, B];

    public IEnumerable<SubjectProcess> All => [.. Layers, .. Consumers];

    /// <summary>Why the layers began capture anew, as they said.</summary>
    public IReadOnlyList<string> Gaps => [.. Layers.SelectMany(static layer => layer.LinesWith("Capture begins anew"))];

    public async ValueTask DisposeAsync()
    {
        foreach (var subject in All) await subject.DisposeAsync();
    }

    private static SubjectProcess LayerOf(string name, TestBed bed, Scenario scenario, SeedDatabases databases, string folder) => new(name, Path.Combine(folder, $"{name}.log"),
    [
        LayerHost.Mode,
        .. Messaging(bed, bed.LayerToBroker.Uri, scenario),
        "--Messaging:RequiredConsumers:0", TestBed.ConsumerA,
        "--Messaging:RequiredConsumers:1", TestBed.ConsumerB,
        "--ConnectionStrings:Source", bed.LayerToSource.To(databases.Source.ConnectionString),
        "--ConnectionStrings:Store", databases.LayerStore.ConnectionString,
        "--AntiCorruption:Source", databases.SourceName,
        "--AntiCorruption:Slot", databases.Slot,
        "--AntiCorruption:Publication", databases.Slot,
        "--AntiCorruption:OnGap", nameof(GapPolicy.Backfill),
        "--AntiCorruption:OnTruncate", nameof(TruncatePolicy.Backfill),
        "--AntiCorruption:HealAgainAfter", "00:00:00",
        "--AntiCorruption:CheckpointInterval", scenario.CheckpointInterval.ToString("c", CultureInfo.InvariantCulture),
        "--AntiCorruption:HeartbeatInterval", "00:00:01",
        "--AntiCorruption:BackfillChunkRows", "100",
        "--AntiCorruption:BatchMessages", "100",
        "--AntiCorruption:TakeoverAfter", "00:00:01",
        "--AntiCorruption:ConfirmTimeout", "00:00:05",
        "--AntiCorruption:MaxRetryDelay", "00:00:01",
    ]);

    private static SubjectProcess Consumer(string process, string name, TestBed bed, Scenario scenario, string store, string source, string folder) =>
        new(process, Path.Combine(folder, $"{process.Replace(' ', '-')}.log"),
        [
            ConsumerHost.Mode,
            .. Messaging(bed, bed.ConsumersToBroker.Uri, scenario),
            "--Messaging:Consumer:Attempts", "100",
            "--Messaging:Consumer:RetryDelay", "00:00:00.020",
            "--Messaging:Consumer:MaxRetryDelay", "00:00:00.500",
            "--ConnectionStrings:Store", store,
            "--Consumer:Name", name,
            "--Consumer:Source", source,
            "--Consumer:Failures", scenario.HandlerFailures.ToString(CultureInfo.InvariantCulture),
        ]);

    private static IEnumerable<string> Messaging(TestBed bed, string broker, Scenario scenario) =>
    [
        .. bed.OtherNodes.SelectMany(static (node, index) => (string[])[$"--Messaging:RabbitMq:Nodes:{index}", node]),
        "--Messaging:Exchange", TestBed.Exchange,
        "--Messaging:RabbitMq:Uri", broker,
        "--Messaging:RabbitMq:ConfirmTimeout", "00:00:03",
        "--Messaging:RabbitMq:OperationTimeout", "00:00:05",
        "--Messaging:RabbitMq:Heartbeat", "00:00:01",
        .. scenario.Plant is { } plant ? (string[])[$"--{Plant.Key}", plant.ToString()] : [],
    ];
}
