using System.Globalization;
using System.Net.WebSockets;

namespace Strangler.Bench.Facade;

/// <summary>What the facade holds in memory while large bodies pass a shadowed route, and while many WebSockets are open and silent.</summary>
internal static class MemoryBench
{
    private const long Gigabyte = 1L << 30;
    private const int Sockets = 1_000;
    private const int AtATime = 50;
    private const string Name = "facade-memory";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static async Task<BenchResult> RunAsync(BenchPlan plan, CancellationToken cancellation)
    {
        using var contestants = new Contestants();
        var port = Contestants.FreePort();
        using var owner = Contestants.StartBigOwner(port);
        await owner.AnswersAsync(Contestants.PageOf(port), Contestants.Body, cancellation);
        var (down, up, sockets) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 1; round <= plan.Rounds; round++)
        {
            await WithFacadeAsync(Contestants.Shadowed(Contestants.UrlOf(port)), plan, async (facade, url, client) =>
            {
                down.Add(await GrowthAsync(facade, () => DownAsync(client, url, Gigabyte, cancellation)));
                up.Add(await GrowthAsync(facade, () => UpAsync(client, url, Gigabyte, cancellation)));
            }, cancellation);
            await WithFacadeAsync(contestants.Routes(10, service: Contestants.UrlOf(port), stage: "\"stage\": \"service\""), plan, async (facade, url, _) =>
                sockets.Add(await SocketsAsync(facade, url, cancellation)), cancellation);
            await Console.Error.WriteLineAsync($"memory: round {round}/{plan.Rounds} 1 GB down +{Report.Number(down[^1])} MiB, up +{Report.Number(up[^1])} MiB, {Report.Number(sockets[^1])} KiB a WebSocket");
        }

        Series[] all = [new("1 GB down, shadow on", "MiB more", down), new("1 GB up, shadow on", "MiB more", up), new("idle WebSocket", "KiB each", sockets)];
        return new(
            "facade: memory",
            [
                "1 GB: the most that the facade's process holds while the body passes, beyond what it held before; the route is in stage shadow with a sink for uploads",
                $"WebSockets: {Sockets} open after an exchange of one message each, beyond what the process held when {AtATime} had been opened and closed",
            ],
            all,
            [all[0].Alone(Bar.Most(64)), all[1].Alone(Bar.Most(64)), all[2].Alone(Bar.Most(30))]);
    }

    private static async Task WithFacadeAsync(string table, BenchPlan plan, Func<ContestantProcess, Uri, HttpClient, Task> measure, CancellationToken cancellation)
    {
        var port = Contestants.FreePort();
        using var facade = Contestants.StartFacade(Name, port, table);
        await facade.AnswersAsync(Contestants.PageOf(port), Contestants.Body, cancellation);
        // What any load brings along is no matter of large bodies or open sockets.
        await Wrk.RunAsync(Contestants.PageOf(port), ThroughputBench.Connections, plan.WarmUp, TimeSpan.Zero, cancellation);
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        await measure(facade, new(Contestants.UrlOf(port)), client);
    }

    /// <summary>The most the process held while the work went on, beyond what it held before, in MiB.</summary>
    private static async Task<double> GrowthAsync(ContestantProcess facade, Func<Task> work)
    {
        var (before, most) = (facade.ResidentMebibytes(), 0.0);
        var working = work();
        while (!working.IsCompleted)
        {
            most = Math.Max(most, facade.ResidentMebibytes());
            await Task.WhenAny(working, Task.Delay(Interval));
        }

        await working;
        return Math.Max(0, Math.Max(most, facade.ResidentMebibytes()) - before);
    }

    private static async Task DownAsync(HttpClient client, Uri url, long bytes, CancellationToken cancellation)
    {
        using var response = await client.GetAsync(new Uri(url, $"/area-5/down/{bytes}"), HttpCompletionOption.ResponseHeadersRead, cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var piece = new byte[64 * 1024];
        long received = 0;
        int read;
        while ((read = await body.ReadAsync(piece, cancellation)) > 0) received += read;
        if (received != bytes) throw new BenchException($"{received} of {bytes} bytes arrived.");
    }

    private static async Task UpAsync(HttpClient client, Uri url, long bytes, CancellationToken cancellation)
    {
        using var content = new StreamContent(new Zeros(bytes)) { Headers = { ContentLength = bytes } };
        using var response = await client.PostAsync(new Uri(url, "/area-5/up"), content, cancellation);
        var counted = await response.Content.ReadAsStringAsync(cancellation);
        if (counted != bytes.ToString(CultureInfo.InvariantCulture)) throw new BenchException($"The owner counted {counted} of {bytes} bytes.");
    }

    /// <summary>What an open WebSocket holds, in KiB.</summary>
    private static async Task<double> SocketsAsync(ContestantProcess facade, Uri url, CancellationToken cancellation)
    {
        // What the first of them bring along: code and pools.
        foreach (var socket in await OpenAsync(url, AtATime, cancellation))
        {
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellation);
            socket.Dispose();
        }

        var before = facade.ResidentMebibytes();
        var open = await OpenAsync(url, Sockets, cancellation);
        var held = facade.ResidentMebibytes() - before;
        foreach (var socket in open) socket.Dispose();
        return Math.Max(0, held * 1024 / Sockets);
    }

    private static async Task<List<ClientWebSocket>> OpenAsync(Uri url, int count, CancellationToken cancellation)
    {
        var open = new List<ClientWebSocket>();
        while (open.Count < count) open.AddRange(await Task.WhenAll(Enumerable.Range(0, AtATime).Select(_ => OneAsync())));
        return open;

        async Task<ClientWebSocket> OneAsync()
        {
            var socket = new ClientWebSocket();
            await socket.ConnectAsync(new UriBuilder(url) { Scheme = "ws", Path = "/area-5/socket" }.Uri, cancellation);
            await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, cancellation);
            await socket.ReceiveAsync(new byte[128], cancellation);
            return socket;
        }
    }

    /// <summary>So many zeros, read once.</summary>
    private sealed class Zeros(long length) : Stream
    {
        private long left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, left);
            Array.Clear(buffer, offset, read);
            left -= read;
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
