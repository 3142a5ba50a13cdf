using System.Collections.Concurrent;
using System.Text;
using Strangler.Tests.Servers;

namespace Strangler.Facade.Tests;

/// <summary>The file is the truth: a good one is live at once, a bad one changes nothing.</summary>
public sealed class LiveReloadTests : IAsyncLifetime
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly byte[] ToLegacy = Tables.File("""{ "id": "orders", "match": { "path": "/orders" }, "service": "orders", "stage": "legacy" },""");
    private static readonly byte[] ToService = StageEdit.SetStage(ToLegacy, "orders", Stage.Service).File!;
    private static readonly byte[] Broken = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(ToService).Replace("\"stage\": \"service\"", "\"stage\": \"servce\"").Replace("\"orders\", \"match\"", "\"orders\", \"mach\""));

    private Backend legacy = null!;
    private Backend orders = null!;
    private RunningFacade facade = null!;

    public async ValueTask InitializeAsync()
    {
        legacy = await Backend.SayingAsync("legacy");
        orders = await Backend.SayingAsync("orders");
        facade = await RunningFacade.StartAsync(ToLegacy, "--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", orders.Address.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await facade.DisposeAsync();
        await orders.DisposeAsync();
        await legacy.DisposeAsync();
    }

    [Fact]
    [Transparency(90)]
    public async Task A_renamed_file_is_live_within_a_second()
    {
        Assert.Equal("legacy", await facade.Client.GetStringAsync("/orders"));

        facade.Replace(ToService);

        await RevisionAsync(2);
        Assert.Equal("orders", await facade.Client.GetStringAsync("/orders"));
        Assert.Equal("legacy", await facade.Client.GetStringAsync("/people"));
    }

    [Fact]
    public async Task A_file_written_in_place_in_pieces_is_never_reported_as_broken_while_it_grows_quickly()
    {
        await using (var file = new FileStream(facade.RoutesFile, FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
        {
            foreach (var piece in ToService.Chunk(64))
            {
                await file.WriteAsync(piece);
                await file.FlushAsync();
                Assert.Equal(System.Text.Json.JsonValueKind.Null, (await facade.StatusAsync()).GetProperty("refused").ValueKind);
            }
        }

        await RevisionAsync(2);
    }

    [Fact]
    [Transparency(92)]
    public async Task A_broken_file_is_refused_with_every_error_and_the_next_good_one_is_live_within_a_second()
    {
        await using var traffic = new SteadyTraffic(facade.Client, "/orders", "/people");

        facade.Replace(Broken);
        var status = await facade.UntilAsync(s => s.GetProperty("refused").ValueKind != System.Text.Json.JsonValueKind.Null, OneSecond);
        var errors = status.GetProperty("refused").GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("message").GetString());

        Assert.Equal(["'match' is missing.", "'mach' is not known here.", "'servce' is no stage."], errors);
        Assert.Equal(1, status.GetProperty("revision").GetInt64());
        Assert.Equal(RoutesFile.Parse(Broken).Hash, status.GetProperty("refused").GetProperty("hash").GetString());

        facade.Replace(ToService);
        var healed = await RevisionAsync(2);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, healed.GetProperty("refused").ValueKind);
        Assert.Empty(await traffic.StopAsync(answer => answer is "legacy" or "orders"));
    }

    [Fact]
    public async Task A_missing_file_is_refused_and_its_return_is_noticed()
    {
        File.Delete(facade.RoutesFile);
        var status = await facade.UntilAsync(s => s.GetProperty("refused").ValueKind != System.Text.Json.JsonValueKind.Null, OneSecond);
        Assert.Contains("does not exist", status.GetProperty("refused").GetProperty("errors")[0].GetProperty("message").GetString());

        File.WriteAllBytes(facade.RoutesFile, ToLegacy);
        status = await facade.UntilAsync(s => s.GetProperty("refused").ValueKind == System.Text.Json.JsonValueKind.Null, OneSecond);
        Assert.Equal(1, status.GetProperty("revision").GetInt64());
    }

    [Fact]
    public async Task A_route_that_needs_identity_is_refused_by_a_facade_that_cannot_give_it()
    {
        facade.Replace(Tables.File("\n{ \"id\": \"orders\", \"match\": { \"path\": \"/orders\" }, \"service\": \"orders\", \"identity\": \"required\", \"stage\": \"service\" },"));

        var status = await facade.UntilAsync(s => s.GetProperty("refused").ValueKind != System.Text.Json.JsonValueKind.Null, OneSecond);

        var error = Assert.Single(status.GetProperty("refused").GetProperty("errors").EnumerateArray());
        Assert.Equal("Route 'orders' needs to know its users, which this facade cannot: Facade:RemoteAuthenticationKey and Identity:PrivateKey are not both set.", error.GetProperty("message").GetString());
        Assert.Equal(5, error.GetProperty("line").GetInt32());
    }

    [Fact]
    [Transparency(90)]
    public async Task Twelve_flips_under_load_fail_no_request_and_go_to_no_wrong_owner()
    {
        await using var traffic = new SteadyTraffic(facade.Client, "/orders", "/people");

        for (var revision = 2; revision <= 13; revision++)
        {
            var service = revision % 2 == 0;
            facade.Replace(service ? ToService : ToLegacy);
            await RevisionAsync(revision);
            Assert.Equal(service ? "orders" : "legacy", await facade.Client.GetStringAsync("/orders"));
            await traffic.MoreAsync(200);
        }

        Assert.Empty(await traffic.StopAsync(answer => answer is "legacy" or "orders"));
        Assert.Equal(["/orders=legacy", "/orders=orders", "/people=legacy"], traffic.Seen.Keys.Order());
    }

    private Task<System.Text.Json.JsonElement> RevisionAsync(long revision) => facade.UntilAsync(status => status.GetProperty("revision").GetInt64() == revision, OneSecond);

    /// <summary>Eight clients that ask without a pause until they are stopped.</summary>
    private sealed class SteadyTraffic : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly ConcurrentBag<string> failures = [];
        private readonly Task[] clients;
        private int count;

        public SteadyTraffic(HttpClient client, params string[] paths) =>
            clients = [.. Enumerable.Range(0, 8).Select(i => AskAsync(client, paths[i % paths.Length]))];

        public ConcurrentDictionary<string, int> Seen { get; } = new();

        /// <summary>Waits until so many requests more were answered.</summary>
        public Task MoreAsync(int requests)
        {
            var enough = Volatile.Read(ref count) + requests;
            return Wait.UntilAsync(() => Volatile.Read(ref count) >= enough, $"{requests} requests more were answered");
        }

        public async Task<IEnumerable<string>> StopAsync(Func<string, bool> right)
        {
            await DisposeAsync();
            return failures.Concat(Seen.Keys.Where(seen => !right(seen.Split('=')[1])));
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await Task.WhenAll(clients);
        }

        private async Task AskAsync(HttpClient client, string path)
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    using var answer = await client.GetAsync(path);
                    if (!answer.IsSuccessStatusCode) failures.Add($"{path}: {answer.StatusCode}");
                    else Seen.AddOrUpdate($"{path}={await answer.Content.ReadAsStringAsync()}", 1, (_, count) => count + 1);
                    Interlocked.Increment(ref this.count);
                }
                catch (HttpRequestException cause)
                {
                    failures.Add($"{path}: {cause.Message}");
                }
            }
        }
    }
}
