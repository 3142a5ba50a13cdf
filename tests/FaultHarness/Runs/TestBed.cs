using Strangler.Faults.Subject;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.Faults.Runs;

/// <summary>The real servers that the scenarios of a run share, and the links by which the processes under test reach them.</summary>
internal sealed class TestBed : IAsyncDisposable
{
    public const string ConsumerA = "a";
    public const string ConsumerB = "b";

    private readonly string folder;
    private bool isKept;

    private TestBed(string folder, PrivatePostgres source, PrivatePostgres stores, PrivateRabbitMq broker, PrivateRabbitMqCluster? cluster)
    {
        this.folder = folder;
        (Source, Stores, Broker, Cluster) = (source, stores, broker, cluster);
        LayerToSource = new(source.Address);
        LayerToBroker = new(new Uri(broker.Address));
        ConsumersToBroker = new(new Uri(broker.Address));
    }

    /// <summary>Holds everything that the run leaves behind when something was wrong.</summary>
    public string Folder => folder;

    public PrivatePostgres Source { get; }

    /// <summary>Holds the stores of the layer and of the consumers.</summary>
    public PrivatePostgres Stores { get; }

    /// <summary>The broker, or the first of its nodes, which the processes under test reach by way of links.</summary>
    public PrivateRabbitMq Broker { get; }

    /// <summary>All of its nodes; null when it has one.</summary>
    public PrivateRabbitMqCluster? Cluster { get; }

    /// <summary>Addresses of the further nodes.</summary>
    public IEnumerable<string> OtherNodes => Cluster?.Nodes.Skip(1).Select(static node => new Uri(node.Address).Authority) ?? [];

    /// <summary>What the stores are on; null for the disk of everybody.</summary>
    public SmallDisk? StoresDisk { get; private init; }

    /// <summary>What the broker is on; null for the disk of everybody.</summary>
    public SmallDisk? BrokersDisk { get; private init; }

    public TcpRelay LayerToSource { get; }

    public TcpRelay LayerToBroker { get; }

    public TcpRelay ConsumersToBroker { get; }

    /// <summary>Exchange of all scenarios; the queues of both consumers are bound to it.</summary>
    public static string Exchange => "faults";

    /// <summary>Starts the servers in a new folder, which others may enter: PostgreSQL runs as another user.</summary>
    /// <param name="hasCluster">True for a broker of three nodes.</param>
    /// <param name="hasSmallDisks">True for stores and a broker on disks that can be full.</param>
    public static async Task<TestBed> StartAsync(bool hasCluster = false, bool hasSmallDisks = false)
    {
        var folder = Directory.CreateTempSubdirectory("strangler-faults-").FullName;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        var storesDisk = hasSmallDisks ? await SmallDisk.MountAsync(Path.Combine(folder, "stores")) : null;
        var brokersDisk = hasSmallDisks ? await SmallDisk.MountAsync(Path.Combine(folder, "broker")) : null;
        var source = PrivatePostgres.OpenAsync(Path.Combine(folder, "source"));
        var stores = PrivatePostgres.OpenAsync(Path.Combine(folder, "stores"));
        var cluster = hasCluster ? await PrivateRabbitMqCluster.OpenAsync(Path.Combine(folder, "broker")) : null;
        var broker = cluster?.Nodes[0] ?? await PrivateRabbitMq.OpenAsync(Path.Combine(folder, "broker"));
        var bed = new TestBed(folder, await source, await stores, broker, cluster) { StoresDisk = storesDisk, BrokersDisk = brokersDisk };
        await bed.PrepareQueuesAsync();
        return bed;
    }

    /// <summary>Leaves the folder behind: it is evidence.</summary>
    public void Keep() => isKept = true;

    /// <summary>A node that listens may need a moment more before it answers.</summary>
    private static async Task<IMessageReceiver> OpenAsync(RabbitMqMedium medium, Subscription subscription, int partition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                return await medium.OpenReceiverAsync(subscription, partition, limit.Token);
            }
            catch (MediumLostException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), limit.Token);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        LayerToSource.Dispose();
        LayerToBroker.Dispose();
        ConsumersToBroker.Dispose();
        // Nobody needs their data in order any more, and an orderly end takes seconds.
        await Task.WhenAll(Source.KillAsync(), Stores.KillAsync(), Cluster?.DisposeAsync().AsTask() ?? Broker.KillAsync());
        if (isKept) return;
        if (StoresDisk is not null) await StoresDisk.DisposeAsync();
        if (BrokersDisk is not null) await BrokersDisk.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>
    /// Makes the queues, and waits until a killed broker keeps them (see <see cref="RabbitMqOptions.QueueSettleTime"/>). Scenarios share them: what one leaves
    /// behind has other keys and another source.
    /// </summary>
    private async Task PrepareQueuesAsync()
    {
        var options = new MessagingOptions { Exchange = Exchange, RabbitMq = { Uri = Broker.Address }, RequiredConsumers = { ConsumerA, ConsumerB } };
        foreach (var node in OtherNodes) options.RabbitMq.Nodes.Add(node);
        var medium = new RabbitMqMedium(options);
        var receivers = new List<IMessageReceiver>();
        foreach (var consumer in options.RequiredConsumers)
        {
            for (var partition = 0; partition < options.Partitions; partition++)
            {
                receivers.Add(await OpenAsync(medium, new(consumer, [RowWritten.Type, RowDeleted.Type]), partition));
            }
        }

        // Opens when every required queue may be relied on.
        await (await medium.OpenPublisherAsync(CancellationToken.None)).DisposeAsync();
        foreach (var receiver in receivers) await receiver.DisposeAsync();
    }
}
