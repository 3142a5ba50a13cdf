namespace Strangler.Tests.Servers;

/// <summary>A private RabbitMQ cluster of three nodes on this machine. A node can be killed, paused, and cut off from the others while clients still reach it.</summary>
public sealed class PrivateRabbitMqCluster : IAsyncDisposable
{
    private const int Size = 3;
    private const string CutOffCookie = "cut";

    private readonly string folder;
    private readonly bool isTemporary;
    private readonly string cookie = $"strangler{Guid.NewGuid():N}";

    private PrivateRabbitMqCluster(string folder, bool isTemporary)
    {
        (this.folder, this.isTemporary) = (folder, isTemporary);
        Nodes = [.. Enumerable.Range(1, Size).Select(number => PrivateRabbitMq.In(Path.Combine(folder, $"node-{number}")))];
    }

    public IReadOnlyList<PrivateRabbitMq> Nodes { get; }

    public static Task<PrivateRabbitMqCluster> StartNewAsync()
    {
        TestServers.RequireRabbitMq();
        return OpenAsync(folder: null);
    }

    /// <summary>For programs that are no tests.</summary>
    /// <param name="folder">Where it keeps its data, which stays when it is disposed; null for a temporary one.</param>
    public static async Task<PrivateRabbitMqCluster> OpenAsync(string? folder)
    {
        var cluster = new PrivateRabbitMqCluster(folder ?? Directory.CreateTempSubdirectory("strangler-cluster-").FullName, folder is null);
        await cluster.StartAsync();
        return cluster;
    }

    /// <summary>Cuts a node off from the others; clients still reach it.</summary>
    public static Task CutOffAsync(PrivateRabbitMq node) =>
        node.ControlAsync("eval", $"erlang:set_cookie(node(), {CutOffCookie}), [erlang:disconnect_node(N) || N <- nodes()], ok.");

    /// <summary>Lets it find the others again.</summary>
    public Task JoinAgainAsync(PrivateRabbitMq node) => node.ControlAsync(["eval", $"erlang:set_cookie(node(), {cookie})."], CutOffCookie);

    /// <summary>The node that leads a quorum queue.</summary>
    public async Task<PrivateRabbitMq> LeaderOfAsync(string queue)
    {
        var answer = await Nodes[0].ControlAsync(["list_queues", "name", "leader", "--quiet", "--no-table-headers"], cookie: null);
        var fields = answer.Split('\n').Select(static line => line.Split('\t')).First(fields => fields[0] == queue);
        return Nodes[Names().IndexOf(fields[1].Trim().Split('@')[0])];
    }

    public async ValueTask DisposeAsync()
    {
        // Nobody needs their data in order any more, and three orderly ends take long.
        await Task.WhenAll(Nodes.Select(static node => node.KillAsync()));
        if (isTemporary) Directory.Delete(folder, recursive: true);
    }

    private async Task StartAsync()
    {
        var names = Names();
        var settings = string.Concat(
        [
            "cluster_formation.peer_discovery_backend = classic_config\n",
            .. names.Select(static (name, index) => $"cluster_formation.classic_config.nodes.{index + 1} = {name}@localhost\n"),
            "cluster_partition_handling = pause_minority\nnet_ticktime = 5\n",
        ]);

        // One after the other: the first makes the cluster, the others join it.
        foreach (var (node, name) in Nodes.Zip(names))
        {
            await node.JoinAsync(name, cookie, settings);
            await node.StartAsync();
        }
    }

    private List<string> Names() => [.. Enumerable.Range(1, Size).Select(number => $"{cookie[^12..]}-{number}")];
}
