using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Strangler.Facade.Tests;

/// <summary>Bodies go through the facade, never into it: whoever does not read holds back whoever writes, at either end.</summary>
public abstract class BodyMemoryTests(Place place) : StagedTests(place), IAsyncLifetime
{
    private const int Pieces = 2048;
    private const long Whole = Pieces * 65536L;

    // What the kernel may keep of one body in the buffers of its two connections, and the little that is under way in the facade.
    private const long HeldBack = Whole / 2;

    // Growth of a process that has just begun to work.
    private const long Grown = Whole / 2;
    private static readonly TimeSpan StandsStill = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly byte[] Piece = new byte[65536];
    private readonly TcpListener owner = new(IPAddress.Loopback, 0);
    private FacadeProcess facade = null!;

    public async ValueTask InitializeAsync()
    {
        owner.Start();
        facade = await FacadeProcess.StartAsync(Tables.At(Place), RunningFacade.AddressesOf(Place, new Uri($"http://{owner.LocalEndpoint}")));
    }

    public async ValueTask DisposeAsync()
    {
        await facade.DisposeAsync();
        owner.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    [Transparency(43)]
    public Task An_upload_waits_for_its_owner_and_not_in_memory() => InEachFramingAsync(UploadAsync);

    private async Task UploadAsync(string framing, string before, string end)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var client = await ConnectAsync($"POST /a HTTP/1.1\r\nHost: h\r\n{framing}\r\n", limit.Token);
        using var owner = await this.owner.AcceptTcpClientAsync(limit.Token);
        var memory = facade.Resident;

        var written = new Progress();
        var upload = WriteAsync(client.GetStream(), before, end, written, limit.Token);
        var heldBack = await written.UntilItStandsStillAsync(StandsStill);
        var grownWhileHeldBack = facade.Resident - memory;
        var arrived = await CountAsync(owner.GetStream(), Whole, limit.Token);
        await upload;

        Assert.InRange(heldBack, 1, HeldBack);
        Assert.InRange(grownWhileHeldBack, long.MinValue, Grown);
        Assert.InRange(facade.Resident - memory, long.MinValue, Grown);
        Assert.InRange(arrived, Whole, long.MaxValue);
    }

    [Fact]
    [Transparency(44)]
    public Task A_download_waits_for_its_client_and_not_in_memory() => InEachFramingAsync(DownloadAsync);

    private async Task DownloadAsync(string framing, string before, string end)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var client = await ConnectAsync("GET /a HTTP/1.1\r\nHost: h\r\n", limit.Token);
        using var owner = await this.owner.AcceptTcpClientAsync(limit.Token);
        await owner.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n"), limit.Token);
        var memory = facade.Resident;

        var written = new Progress();
        var download = WriteAsync(owner.GetStream(), before, end, written, limit.Token);
        var heldBack = await written.UntilItStandsStillAsync(StandsStill);
        var grownWhileHeldBack = facade.Resident - memory;
        var arrived = await CountAsync(client.GetStream(), Whole, limit.Token);
        await download;

        Assert.InRange(heldBack, 1, HeldBack);
        Assert.InRange(grownWhileHeldBack, long.MinValue, Grown);
        Assert.InRange(facade.Resident - memory, long.MinValue, Grown);
        Assert.InRange(arrived, Whole, long.MaxValue);
    }

    /// <summary>One process for both: a body with a length, and one in chunks.</summary>
    private static async Task InEachFramingAsync(Func<string, string, string, Task> test)
    {
        await test($"Content-Length: {Whole}", "", "");
        await test("Transfer-Encoding: chunked", "10000\r\n", "0\r\n\r\n");
    }

    private async Task<TcpClient> ConnectAsync(string head, CancellationToken cancellation)
    {
        var client = new TcpClient();
        await client.ConnectAsync(facade.Public.Host, facade.Public.Port, cancellation);
        var cookie = Place.Cookie() is { } key ? $"Cookie: {key}\r\n" : "";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{head}{cookie}\r\n"), cancellation);
        return client;
    }

    private static async Task WriteAsync(NetworkStream stream, string before, string end, Progress progress, CancellationToken cancellation)
    {
        byte[] piece = before.Length == 0 ? Piece : [.. Encoding.ASCII.GetBytes(before), .. Piece, .. "\r\n"u8];
        for (var i = 0; i < Pieces; i++)
        {
            await stream.WriteAsync(piece, cancellation);
            progress.Add(piece.Length);
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(end), cancellation);
    }

    /// <summary>Reads that many bytes, head and frames included.</summary>
    private static async Task<long> CountAsync(NetworkStream stream, long enough, CancellationToken cancellation)
    {
        var buffer = new byte[65536];
        var count = 0L;
        for (int read; count < enough && (read = await stream.ReadAsync(buffer, cancellation)) > 0;) count += read;
        return count;
    }

    private sealed class Progress
    {
        private long bytes;

        public void Add(int bytes) => Interlocked.Add(ref this.bytes, bytes);

        /// <summary>How far it came when it did not move for that long. Less than could be, if the machine is busy; never more.</summary>
        public async Task<long> UntilItStandsStillAsync(TimeSpan time)
        {
            for (var last = -1L; ;)
            {
                var now = Interlocked.Read(ref bytes);
                if (now == last && now > 0) return now;
                last = now;
                await Task.Delay(time);
            }
        }
    }
}

public sealed class BodyMemoryTestsInLegacy() : BodyMemoryTests(Place.InLegacy);

public sealed class BodyMemoryTestsInShadow() : BodyMemoryTests(Place.InShadow);

public sealed class BodyMemoryTestsInCanaryAtLegacy() : BodyMemoryTests(Place.InCanaryAtLegacy);

public sealed class BodyMemoryTestsInCanaryAtService() : BodyMemoryTests(Place.InCanaryAtService);

public sealed class BodyMemoryTestsInService() : BodyMemoryTests(Place.InService);
