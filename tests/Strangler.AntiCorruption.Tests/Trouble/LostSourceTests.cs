using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>A source that is no longer the one that the checkpoint belongs to, or has lost what comes after it: named with its choices, never streamed over.</summary>
public sealed class LostSourceTests
{
    private static readonly IReadOnlyList<CapturedTable> Tables = [new("person", "id", NeedsBefore: false)];

    [Fact]
    [Behaviour(5)]
    public async Task What_an_older_slot_position_sends_again_after_a_crash_is_dropped()
    {
        await using var postgres = await TroubledPostgres.StartAsync();
        await using var feed = postgres.OpenFeed();
        var checkpoint = await ReadOneAsync(postgres, feed);
        await using (var reader = new FeedReader(feed, checkpoint.Position))
        {
            feed.Acknowledge(checkpoint.Position);
            await Wait.UntilAsync(() => ConfirmedAsync(postgres, checkpoint.Position), "the server has heard of the checkpoint");
        }

        await postgres.RestartAsync("QUIT");
        var isBack = !await ConfirmedAsync(postgres, checkpoint.Position);
        await postgres.ExecuteAsync("insert into person (id) values (2)");
        var again = await feed.PrepareAsync(Tables, checkpoint, GapPolicy.Stop, CancellationToken.None);
        await using var rest = new FeedReader(feed, checkpoint.Position);

        Assert.True(isBack, "The crash set the slot back.");
        Assert.Equal(checkpoint.SourceId, again.Id);
        Assert.Equal(["2"], (await rest.UntilAsync(1)).Select(static change => change.After!.Text("id")));
    }

    [Fact]
    [Behaviour(26)]
    public async Task A_database_restored_from_a_backup_older_than_the_store_is_refused_with_the_choices()
    {
        await using var postgres = await TroubledPostgres.StartAsync();
        await using var feed = postgres.OpenFeed();
        await feed.PrepareAsync(Tables, null, GapPolicy.Stop, CancellationToken.None);
        await postgres.BackUpAsync();
        var checkpoint = await ReadOneAsync(postgres, feed);
        await postgres.WriteLogAsync(3);
        await using (var reader = new FeedReader(feed, checkpoint.Position))
        {
            await Wait.UntilAsync(() => reader.Parts.Any(static part => part.EndsTransaction), "the heartbeat came");
            checkpoint = checkpoint with { Position = reader.Parts.Last(static part => part.EndsTransaction).Position };
        }

        await postgres.RestoreAsync();
        var refused = await Assert.ThrowsAsync<SourceGapException>(() => feed.PrepareAsync(Tables, checkpoint, GapPolicy.Stop, CancellationToken.None));
        var found = await feed.ExamineAsync(Tables, checkpoint, CancellationToken.None);

        Assert.Contains("restored from a backup older than the store", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AntiCorruption:OnGap=Backfill", refused.Message, StringComparison.Ordinal);
        Assert.Equal(refused.Problems[0], Assert.Single(found, static finding => finding.Code == "gap").Problem);
    }

    [Fact]
    [Behaviour(26)]
    public async Task A_promoted_standby_is_refused_with_the_choices()
    {
        await using var postgres = await TroubledPostgres.StartAsync();
        await using var feed = postgres.OpenFeed();
        var checkpoint = await ReadOneAsync(postgres, feed);

        await postgres.PromoteAsync();
        var refused = await Assert.ThrowsAsync<SourceGapException>(() => feed.PrepareAsync(Tables, checkpoint, GapPolicy.Stop, CancellationToken.None));

        Assert.StartsWith("The server is on timeline 2, the checkpoint on 1: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AntiCorruption:OnGap=Backfill", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Behaviour(25)]
    public async Task A_slot_that_the_server_gave_up_while_the_layer_was_stopped_is_named_and_capture_begins_anew_only_if_allowed()
    {
        await using var postgres = await TroubledPostgres.StartAsync("max_slot_wal_keep_size = '16MB'");
        await using var feed = postgres.OpenFeed();
        var checkpoint = await ReadOneAsync(postgres, feed);

        await postgres.WriteLogAsync(6);
        var refused = await Assert.ThrowsAsync<SourceGapException>(() => feed.PrepareAsync(Tables, checkpoint, GapPolicy.Stop, CancellationToken.None));
        var found = await feed.ExamineAsync(Tables, checkpoint, CancellationToken.None);
        var anew = await feed.PrepareAsync(Tables, checkpoint, GapPolicy.Backfill, CancellationToken.None);

        Assert.StartsWith("Replication slot 'strangler' was invalidated by the server: changes after ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(found, static finding => finding is { Code: "slot-lost", Severity: FindingSeverity.Error });
        Assert.NotEqual(checkpoint.SourceId, anew.Id);
        Assert.True(anew.Start > checkpoint.Position);
    }

    [Fact]
    [Behaviour(25)]
    public async Task A_slot_that_the_server_gives_up_while_it_is_read_ends_the_reading_and_is_named()
    {
        await using var postgres = await TroubledPostgres.StartAsync("max_slot_wal_keep_size = '16MB'");
        await using var feed = postgres.OpenFeed();
        var checkpoint = await ReadOneAsync(postgres, feed);
        await using var reader = new FeedReader(feed, checkpoint.Position);

        // It is never acknowledged, so the server has to keep ever more.
        await postgres.WriteLogAsync(6);
        var failure = await reader.FailureAsync();
        var refused = await Assert.ThrowsAsync<SourceGapException>(() => feed.PrepareAsync(Tables, checkpoint, GapPolicy.Stop, CancellationToken.None));

        Assert.NotNull(failure);
        Assert.StartsWith("Replication slot 'strangler' was invalidated by the server: changes after ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Behaviour(25)]
    public async Task A_slot_that_the_server_cannot_read_again_and_again_is_named_and_capture_begins_anew_only_if_allowed()
    {
        await using var postgres = await TroubledPostgres.StartAsync();
        await using var feed = postgres.OpenFeed();
        var checkpoint = await ReadOneAsync(postgres, feed);
        await postgres.ClearLogOfSlotAsync();

        var failures = new List<Exception>();
        while (failures is not [.., SourceGapException])
        {
            Assert.True(failures.Count < 20, $"It is never named; the last of {failures.Count} readings: {failures.LastOrDefault()}");
            await feed.PrepareAsync(Tables, checkpoint, GapPolicy.Stop, CancellationToken.None);
            await using var reader = new FeedReader(feed, checkpoint.Position);
            failures.Add((await reader.FailureAsync())!);
        }

        var found = await feed.ExamineAsync(Tables, checkpoint, CancellationToken.None);
        var refused = await Assert.ThrowsAsync<SourceGapException>(() => feed.PrepareAsync(Tables, checkpoint, GapPolicy.Stop, CancellationToken.None));
        var tried = await feed.PrepareAsync(Tables, checkpoint, GapPolicy.Stop, CancellationToken.None);
        await using (var reader = new FeedReader(feed, checkpoint.Position)) failures.Add((await reader.FailureAsync())!);
        var anew = await feed.PrepareAsync(Tables, checkpoint, GapPolicy.Backfill, CancellationToken.None);
        await using var rest = new FeedReader(feed, anew.Start);
        await postgres.ExecuteAsync("insert into person (id) values (2)");

        Assert.All(failures[..^2], static failure => Assert.Contains("has already been removed", Assert.IsType<Npgsql.PostgresException>(failure).MessageText, StringComparison.Ordinal));
        Assert.Matches("^Replication slot 'strangler' cannot be read after [0-9A-F/]+: .* has already been removed", refused.Message);
        Assert.Contains("AntiCorruption:OnGap=Backfill", refused.Message, StringComparison.Ordinal);
        Assert.Equal(refused.Problems[0], Assert.Single(found, static finding => finding.Code == "gap").Problem);
        // Somebody may have mended the server: it is tried again, and named at once.
        Assert.Equal(checkpoint.SourceId, tried.Id);
        Assert.IsType<SourceGapException>(failures[^1]);
        Assert.NotEqual(checkpoint.SourceId, anew.Id);
        Assert.Equal(["2"], (await rest.UntilAsync(1)).Select(static change => change.After!.Text("id")));
    }

    [Fact]
    [Behaviour(25)]
    public async Task A_layer_that_may_backfill_begins_anew_when_the_server_cannot_read_its_slot()
    {
        using var store = new TemporaryStore();
        var medium = new InProcessMedium();
        await using var consumer = await TestConsumer.StartAsync(medium);
        await using var postgres = await TroubledPostgres.StartAsync();
        await postgres.ExecuteAsync("create table contract (id integer primary key, person_id integer, state text)");
        await postgres.ExecuteAsync("insert into person (id, name) values (1, 'kept'), (2, 'gone')");
        await using (var first = await TestLayer.StartAsync(postgres.ConnectionString, store.ConnectionString, medium)) await first.UntilCaughtUpAsync();

        await postgres.ExecuteAsync("delete from person where id = 2; insert into person (id, name) values (3, 'new')");
        await postgres.ClearLogOfSlotAsync();
        using var log = new TestLog();
        await using var second = await TestLayer.StartAsync(postgres.ConnectionString, store.ConnectionString, medium, log: log, settings: ("AntiCorruption:OnGap", "Backfill"));

        await Wait.UntilAsync(() => consumer.State.GetValueOrDefault("person/3")?.Contains("new", StringComparison.Ordinal) == true, "the row of the lost log came");
        await Wait.UntilAsync(() => consumer.State["person/2"] == "test.person.gone.v1 {}", "the row that is gone is taken back");
        Assert.Contains(log.Lines, static line => line.Contains("every table is backfilled again. Replication slot 'strangler' cannot be read after ", StringComparison.Ordinal));
    }

    /// <summary>Captures one row, and gives the checkpoint behind it.</summary>
    private static async Task<SourceCheckpoint> ReadOneAsync(TroubledPostgres postgres, PostgresChangeFeed feed)
    {
        var identity = await feed.PrepareAsync(Tables, null, GapPolicy.Stop, CancellationToken.None);
        await using var reader = new FeedReader(feed, identity.Start);
        await postgres.ExecuteAsync("insert into person (id) values (1)");
        await reader.UntilAsync(1);
        return new(identity.Id, reader.Parts.Last(static part => part.EndsTransaction).Position);
    }

    private static Task<bool> ConfirmedAsync(TroubledPostgres postgres, ulong position) =>
        postgres.AskAsync<bool>($"select confirmed_flush_lsn >= '{new NpgsqlTypes.NpgsqlLogSequenceNumber(position)}' from pg_replication_slots where slot_name = 'strangler'");
}
