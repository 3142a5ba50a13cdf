using System.Runtime.ExceptionServices;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Npgsql.Replication;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>A link to the source that breaks at a bad moment ends the reading with an error that says so, and never leaves a reader behind.</summary>
public sealed class LostLinkTests : IAsyncLifetime
{
    private static readonly CapturedTable Person = new("person", "id", NeedsBefore: false);

    private PostgresLegacy legacy = null!;
    private TcpRelay link = null!;
    private PostgresChangeFeed feed = null!;
    private SourceCheckpoint start = null!;

    private string ThroughTheLink => link.To(legacy.ConnectionString);

    public async ValueTask InitializeAsync()
    {
        legacy = await PostgresLegacy.CreateAsync("lostlink");
        link = new(legacy.ConnectionString);
        feed = new(ThroughTheLink, new() { Slot = legacy.Slot, Publication = "strangler" }, TimeProvider.System, NullLogger<PostgresChangeFeed>.Instance);
        await legacy.CreateTablesAsync();
        var identity = await feed.PrepareAsync([Person], null, GapPolicy.Stop, CancellationToken.None);
        start = new(identity.Id, identity.Start);
    }

    public async ValueTask DisposeAsync()
    {
        if (feed is not null) await feed.DisposeAsync();
        link?.Dispose();
        if (legacy is not null) await legacy.DisposeAsync();
    }

    [Fact]
    public async Task A_link_that_breaks_while_the_reader_connects_ends_the_reading_and_the_next_reading_goes_on()
    {
        await legacy.ExecuteAsync("insert into person (id) values (1)");
        link.Freeze();
        await using var lost = new FeedReader(feed, start.Position);
        await Wait.UntilAsync(() => link.HoldsBack, "the reader connects");
        link.Reset();
        link.Thaw();
        var failure = await lost.FailureAsync();

        Assert.IsAssignableFrom<NpgsqlException>(failure);
        await Wait.UntilAsync(CanPrepareAsync, "capture is ready again");
        await using var reader = await NextReaderAsync(feed);
        Assert.Equal("1", Assert.Single(await reader.UntilAsync(1)).After!.Text("id"));
    }

    [Fact]
    public async Task A_link_that_breaks_while_the_reader_is_busy_ends_the_reading_with_an_error_that_says_so()
    {
        await legacy.ExecuteAsync("insert into person (id, name) select i, 'n' from generate_series(1, 2000) i");
        await using var reading = feed.ReadAsync(start.Position, CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await reading.MoveNextAsync());

        // Whoever writes to the broken connection meets the reset first: here the driver, which reports its position each second.
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(object? sender, FirstChanceExceptionEventArgs thrown)
        {
            if (thrown.Exception is IOException && Environment.StackTrace.Contains("SendFeedback", StringComparison.Ordinal)) met.TrySetResult();
        }

        AppDomain.CurrentDomain.FirstChanceException += Look;
        link.Reset();
        await met.Task.WaitAsync(TimeSpan.FromSeconds(20));
        AppDomain.CurrentDomain.FirstChanceException -= Look;
        var failure = await Record.ExceptionAsync(async () =>
        {
            while (await reading.MoveNextAsync())
            {
            }
        });

        Assert.IsAssignableFrom<NpgsqlException>(failure);
    }

    [Fact]
    public async Task A_reader_that_the_driver_cannot_cancel_is_ended_by_the_server()
    {
        // The driver's own default: a connection that broke while encryption was negotiated is opened again, and from then on cannot be cancelled.
        var options = new PostgresFeedOptions { Slot = legacy.Slot, Publication = "strangler" };
        await using var source = new PostgresSource(ThroughTheLink);
        await using var capture = new PostgresCapture(source, options);
        var broken = new LogicalReplicationConnection(ThroughTheLink);
        link.Freeze();
        var opening = broken.Open();
        await Wait.UntilAsync(() => link.HoldsBack, "the reader connects");
        link.Reset();
        link.Thaw();
        await opening;
        using var stop = new CancellationTokenSource();
        var stream = PgOutputStream.Start(broken, options, start.Position, stop.Token);
        await legacy.ExecuteAsync("insert into person (id) values (1)");
        Assert.NotNull(await stream.NextAsync());
        await Assert.ThrowsAsync<AggregateException>(stop.CancelAsync);

        await capture.CloseReaderAsync(broken, broken.ProcessID).WaitAsync(TimeSpan.FromSeconds(20));

        await using var direct = legacy.OpenFeed();
        await using var reader = await NextReaderAsync(direct);
        await reader.UntilAsync(1);
    }

    /// <summary>As the layer does after a failure; connections that lay in the pool may have been lost too.</summary>
    private async Task<bool> CanPrepareAsync()
    {
        try
        {
            await feed.PrepareAsync([Person], start, GapPolicy.Stop, CancellationToken.None);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>The server needs a moment to notice that the reader before is gone.</summary>
    private async Task<FeedReader> NextReaderAsync(IChangeFeed next)
    {
        await Wait.UntilAsync(IsFreeAsync, "nobody reads by the slot");
        return new(next, start.Position);
    }

    private async Task<bool> IsFreeAsync()
    {
        await using var connection = await legacy.ConnectAsync();
        return await connection.ExecuteScalarAsync<bool>("select not active from pg_replication_slots where slot_name = @Slot", new { legacy.Slot });
    }
}
