using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>What the doctor finds at a real PostgreSQL, and that what it prints cures it.</summary>
public sealed class PostgresDoctorTests : IAsyncLifetime
{
    private static readonly CapturedTable Person = new("person", "id", NeedsBefore: false);
    private static readonly CapturedTable Contract = new("contract", "id", NeedsBefore: true);

    private readonly string role = $"least_{Guid.NewGuid().ToString("N")[..12]}";
    private PostgresLegacy legacy = null!;

    public async ValueTask InitializeAsync()
    {
        legacy = await PostgresLegacy.CreateAsync("doctor");
        await legacy.CreateTablesAsync();
        await legacy.ExecuteAsync($"create role {role} login");
    }

    public async ValueTask DisposeAsync()
    {
        if (legacy is null) return;
        await legacy.ExecuteAsync($"drop owned by {role}");
        await legacy.DisposeAsync();
        await using var server = new NpgsqlConnection(TestServers.RequirePostgres());
        await server.ExecuteAsync($"drop role {role}");
    }

    [Fact]
    [Behaviour(32)]
    public async Task A_role_with_no_rights_is_told_everything_at_once_and_after_the_printed_cure_it_captures()
    {
        await legacy.ExecuteAsync("create schema hr");
        await legacy.ExecuteAsync("create table hr.salary (id integer, amount text)");
        IReadOnlyList<CapturedTable> tables = [Person, Contract, new("hr.salary", "id", NeedsBefore: false)];
        await using var feed = OpenAsRole();

        var before = await feed.ExamineAsync(tables, null, CancellationToken.None);
        var refused = await Assert.ThrowsAsync<SourceRefusedException>(() => feed.PrepareAsync(tables, null, GapPolicy.Stop, CancellationToken.None));
        Assert.Empty(await legacy.OursAsync());
        foreach (var statement in before.SelectMany(static finding => finding.Cure)) await legacy.ExecuteAsync(statement);
        var after = await feed.ExamineAsync(tables, null, CancellationToken.None);

        Assert.Equal(
            [
                "key-not-unique table hr.salary", $"no-old-rows table contract", $"no-replica-identity table hr.salary", $"no-replication role {role}", "no-select table contract",
                "no-select table hr.salary", "no-select table person", "no-usage table hr.salary", "publication-missing publication strangler",
            ],
            before.Where(static finding => finding.Severity == FindingSeverity.Error).Select(static finding => $"{finding.Code} {finding.Thing}").Order(StringComparer.Ordinal));
        Assert.Equal(before.Where(static finding => finding.Severity == FindingSeverity.Error).Select(static finding => finding.ToString()), refused.Problems);
        Assert.DoesNotContain(after, static finding => finding.Severity != FindingSeverity.Note);
        var start = await feed.PrepareAsync(tables, null, GapPolicy.Stop, CancellationToken.None);
        await using var reader = new FeedReader(feed, start.Start);
        await legacy.ExecuteAsync("insert into hr.salary values (1, 'much')");
        Assert.Equal("hr.salary", Assert.Single(await reader.UntilAsync(1)).Table);
        await Wait.UntilAsync(() => reader.Parts.Any(static part => part.Changes.Count == 0), "the heartbeat of the role came");
    }

    [Theory]
    [Behaviour(28)]
    [InlineData("create table t (id integer primary key); alter table t replica identity nothing", "no-replica-identity table t")]
    [InlineData("create table t (id integer primary key deferrable)", "no-replica-identity table t")]
    [InlineData("create table t (id integer unique)", "no-replica-identity table t")]
    [InlineData("create table t (id integer) partition by range (id); create table t1 partition of t for values from (0) to (9); create unique index on t1 (id)", "key-not-unique table t|no-replica-identity table t")]
    [InlineData("create table t (id integer primary key) partition by range (id); create table t1 partition of t for values from (0) to (9); alter table t1 replica identity nothing", "no-replica-identity table t")]
    [InlineData("create table t (other integer primary key, id integer not null unique)", "key-not-in-identity table t")]
    [InlineData("create table t (other integer primary key, id integer unique)", "key-not-in-identity table t")]
    [InlineData("create table t (id integer primary key, other integer not null unique); alter table t replica identity using index t_other_key", "key-not-in-identity table t")]
    [InlineData("create unlogged table t (id integer primary key)", "unlogged table t")]
    [InlineData("create view t as select 1 as id", "view table t", false)]
    [InlineData("create foreign data wrapper w; create server s foreign data wrapper w; create foreign table t (id integer) server s", "foreign table t", false)]
    [InlineData("select 1", "no-table table t", false)]
    [InlineData("create table t (id integer primary key); create publication strangler for all tables", "publication-too-wide publication strangler")]
    [InlineData("create table t (id integer primary key); create publication strangler for tables in schema public", "publication-too-wide publication strangler")]
    public async Task What_capture_would_break_or_miss_is_refused_before_anything_is_published_and_the_printed_cure_helps(string setup, string expected, bool isCurable = true)
    {
        await legacy.ExecuteAsync(setup);
        await using var feed = legacy.OpenFeed();
        IReadOnlyList<CapturedTable> tables = [new("t", "id", NeedsBefore: false)];
        var ours = await legacy.OursAsync();

        var found = await feed.ExamineAsync(tables, null, CancellationToken.None);
        var refused = await Assert.ThrowsAsync<SourceRefusedException>(() => feed.PrepareAsync(tables, null, GapPolicy.Stop, CancellationToken.None));

        var errors = found.Where(static finding => finding.Severity == FindingSeverity.Error).ToList();
        Assert.Equal(expected, string.Join('|', errors.Select(static finding => $"{finding.Code} {finding.Thing}")));
        Assert.Equal(errors.Select(static finding => finding.ToString()), refused.Problems);
        Assert.Equal(ours, await legacy.OursAsync());
        if (!isCurable) return;
        foreach (var statement in errors.SelectMany(static finding => finding.Cure)) await legacy.ExecuteAsync(statement.Replace(" concurrently", "", StringComparison.Ordinal));
        await feed.PrepareAsync(tables, null, GapPolicy.Stop, CancellationToken.None);
    }

    [Theory]
    [Behaviour(27)]
    [InlineData("for table contract", "publication-lacks-table|publication-extra")]
    [InlineData("for table person where (id > 5)", "publication-partial")]
    [InlineData("for table person (id, name)", "publication-partial")]
    [InlineData("for table person with (publish = 'insert')", "publication-operations")]
    public async Task A_publication_that_is_not_what_capture_needs_is_corrected_at_the_start_by_its_owner_and_only_listed_for_another_role(string publication, string expected)
    {
        await legacy.ExecuteAsync($"create publication strangler {publication}");
        await legacy.ExecuteAsync($"alter role {role} replication; grant select on person to {role}");
        await using (var stranger = OpenAsRole())
        {
            var listed = await stranger.ExamineAsync([Person], null, CancellationToken.None);
            Assert.Equal(expected, string.Join('|', listed.Where(static finding => finding.Severity != FindingSeverity.Note).Select(static finding => finding.Code)));
        }

        await using var feed = legacy.OpenFeed();
        Assert.Equal(expected, string.Join('|', (await feed.ExamineAsync([Person], null, CancellationToken.None)).Where(static finding => finding.CuredAtStart).Select(static finding => finding.Code)));
        var start = await feed.PrepareAsync([Person], null, GapPolicy.Stop, CancellationToken.None);
        await legacy.ExecuteAsync("insert into person (id, name, note) values (1, 'a', 'b')");
        await legacy.ExecuteAsync("delete from person");

        await using var reader = new FeedReader(feed, start.Start);
        var changes = await reader.UntilAsync(2);

        Assert.Equal("b", changes[0].After!.Text("note"));
        Assert.DoesNotContain(await feed.ExamineAsync([Person], null, CancellationToken.None), static finding => finding.Code.StartsWith("publication", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rows_that_row_security_hides_are_an_error()
    {
        await legacy.ExecuteAsync($"alter table person enable row level security; grant select on person to {role}");
        await using var feed = OpenAsRole();

        Assert.Contains("row-security", (await feed.ExamineAsync([Person], null, CancellationToken.None)).Select(static finding => finding.Code));
    }

    [Fact]
    public async Task A_slot_that_is_somebody_elses_is_refused()
    {
        await legacy.ExecuteAsync($"select pg_create_logical_replication_slot('{legacy.Slot}', 'test_decoding')");
        await using var feed = legacy.OpenFeed();

        var refused = await Assert.ThrowsAsync<SourceRefusedException>(() => feed.PrepareAsync([Person], null, GapPolicy.Stop, CancellationToken.None));

        Assert.Contains("Choose another AntiCorruption:Slot.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Behaviour(27)]
    public async Task A_publication_made_after_the_slot_is_a_gap_with_its_choices_and_capture_can_begin_anew()
    {
        await using var feed = legacy.OpenFeed();
        var identity = await feed.PrepareAsync([Person], null, GapPolicy.Stop, CancellationToken.None);
        var stored = new SourceCheckpoint(identity.Id, identity.Start);
        await legacy.ExecuteAsync("drop publication strangler");
        await legacy.ExecuteAsync("insert into person (id) values (1)");

        // The start makes it again, after the slot.
        var refused = await Assert.ThrowsAsync<SourceGapException>(() => feed.PrepareAsync([Person], stored, GapPolicy.Stop, CancellationToken.None));
        var found = await feed.ExamineAsync([Person], stored, CancellationToken.None);
        var anew = await feed.PrepareAsync([Person], stored, GapPolicy.Backfill, CancellationToken.None);
        await legacy.ExecuteAsync("insert into person (id) values (2)");
        await using var reader = new FeedReader(feed, anew.Start);

        Assert.Contains("'strangler' was made after replication slot", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AntiCorruption:OnGap=Backfill", refused.Message, StringComparison.Ordinal);
        Assert.Equal(refused.Problems[0], Assert.Single(found, static finding => finding.Severity == FindingSeverity.Error).Problem);
        Assert.Equal("2", Assert.Single(await reader.UntilAsync(1)).After!.Text("id"));
    }

    [Fact]
    public async Task Sessions_and_queues_are_named_as_tables_to_leave_out()
    {
        await legacy.ExecuteAsync("create table job_queue (id integer primary key, payload text)");
        await legacy.ExecuteAsync("insert into job_queue select i, 'p' from generate_series(1, 12000) i");
        await legacy.ExecuteAsync("delete from job_queue");
        await legacy.ExecuteAsync("insert into person (id) select i from generate_series(1, 12000) i");
        await using var feed = legacy.OpenFeed();
        IReadOnlyList<SourceFinding> found = [];

        await Wait.UntilAsync(
            async () => (found = await feed.ExamineAsync([Person], null, CancellationToken.None)).Any(static finding => finding.Code == "noisy"), "the server's counters show the queue");

        var noisy = Assert.Single(found, static finding => finding.Code == "noisy");
        Assert.Equal((FindingSeverity.Note, "table job_queue"), (noisy.Severity, noisy.Thing));
        Assert.Contains(await feed.ExamineAsync([new("job_queue", "id", false)], null, CancellationToken.None), static finding => finding is { Code: "noisy", Severity: FindingSeverity.Warning });
    }

    /// <summary>A table that somebody works in is not locked for the layer's sake: everybody else would wait behind it.</summary>
    [Fact]
    public async Task The_start_does_not_queue_up_behind_a_long_transaction_of_the_legacy()
    {
        await using var connection = await legacy.ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("insert into contract values (1, 1, 'A')", transaction: transaction);
        await using var feed = legacy.OpenFeed();

        var refused = await Assert.ThrowsAsync<SourceRefusedException>(() => feed.PrepareAsync([Contract], null, GapPolicy.Stop, CancellationToken.None));
        await transaction.RollbackAsync();

        Assert.Contains("alter table \"public\".\"contract\" replica identity full;", refused.Message, StringComparison.Ordinal);
        await feed.PrepareAsync([Contract], null, GapPolicy.Stop, CancellationToken.None);
    }

    private PostgresChangeFeed OpenAsRole() => new(
        new NpgsqlConnectionStringBuilder(legacy.ConnectionString) { Username = role, Pooling = false }.ConnectionString,
        new() { Slot = legacy.Slot, Publication = "strangler", HeartbeatInterval = TimeSpan.FromMilliseconds(200) },
        TimeProvider.System,
        NullLogger<PostgresChangeFeed>.Instance);
}
