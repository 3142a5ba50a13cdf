using Strangler.Faults.Oracle;
using Strangler.Faults.Workload;

namespace FaultHarness.Tests;

/// <summary>The oracle, by itself: what it must accept, and every way in which a consumer may be wrong.</summary>
public sealed class JudgeTests
{
    private const string Key = "plain/1";

    private static readonly CommittedWrite First = new(Key, 1, "one");
    private static readonly CommittedWrite Second = new(Key, 2, "two");
    private static readonly CommittedWrite Gone = new(Key, null, null);

    [Fact]
    public void A_consumer_that_has_everything_in_order_is_right() =>
        Assert.Empty(Judged([First, Second], [Kept(2, "two")], [Applied("a", 1, "one"), Applied("b", 2, "two")]));

    [Fact]
    public void A_consumer_may_leave_out_states_on_the_way() =>
        Assert.Empty(Judged([First, Second], [Kept(2, "two")], [Applied("b", 2, "two")]));

    [Fact]
    public void A_deleted_row_may_come_again() =>
        Assert.Empty(Judged([First, Gone, Second], [Kept(2, "two")], [Applied("a", 1, "one"), Applied("b", null, null), Applied("c", 2, "two")]));

    [Fact]
    public void A_missing_row_is_lost() => Finds(ViolationKind.Lost, Judged([First], [], []));

    [Fact]
    public void A_row_that_stays_behind_has_lost_a_write() =>
        Finds(ViolationKind.Lost, Judged([First, Second], [Kept(1, "one")], [Applied("a", 1, "one")]));

    [Fact]
    public void A_deleted_row_that_stays_is_found() =>
        Finds(ViolationKind.NotDeleted, Judged([First, Gone], [Kept(1, "one")], [Applied("a", 1, "one")]));

    [Fact]
    public void An_older_version_after_a_newer_one_is_a_step_back() =>
        Finds(ViolationKind.WentBack, Judged([First, Second], [Kept(2, "two")], [Applied("b", 1, "one"), Applied("a", 2, "two")]));

    [Fact]
    public void The_same_version_twice_is_a_step_back() =>
        Finds(ViolationKind.WentBack, Judged([First], [Kept(1, "one")], [Applied("a", 1, "one"), Applied("a", 1, "one")]));

    [Fact]
    public void An_older_state_under_a_newer_version_is_a_step_back() =>
        Finds(ViolationKind.WentBack, Judged([First, Second], [Kept(2, "two")], [Applied("a", 2, "two"), Applied("b", 1, "one"), Applied("c", 2, "two")]));

    [Fact]
    public void A_backfill_that_begins_again_may_tell_a_state_again_but_none_that_was_deleted_meanwhile()
    {
        Assert.Empty(Judged([First], [Kept(1, "one")], [Applied("a", 1, "one"), Applied("b", 1, "one")], hasBackfill: true));
        Finds(ViolationKind.WentBack, Judged(
            [First, Gone, Second], [Kept(2, "two")], [Applied("a", 1, "one"), Applied("b", null, null), Applied("c", 1, "one"), Applied("d", 2, "two")], hasBackfill: true));
    }

    [Fact]
    public void A_large_value_may_be_unknown_on_the_way_of_a_backfill_and_never_in_the_end()
    {
        JournalEntry[] journal = [Applied("a", 1, null), Applied("b", 2, "two")];

        Assert.Empty(Judged([First, Second], [Kept(2, "two")], journal, hasBackfill: true));
        Finds(ViolationKind.Incomplete, Judged([First, Second], [Kept(2, "two")], journal));
        Finds(ViolationKind.OtherBytes, Judged([First], [Kept(1, null)], [Applied("a", 1, null)], hasBackfill: true));
    }

    [Fact]
    public void A_state_on_the_way_that_was_rolled_back_is_found() =>
        Finds(ViolationKind.NeverCommitted, Judged([Second], [Kept(2, "two")], [Applied("a", 1, "one"), Applied("b", 2, "two")]));

    [Fact]
    public void A_row_of_a_transaction_that_was_rolled_back_is_found() =>
        Finds(ViolationKind.NeverCommitted, Judged([], [Kept(1, "one")], []));

    [Fact]
    public void Other_bytes_in_the_end_are_found() =>
        Finds(ViolationKind.OtherBytes, Judged([First], [Kept(1, "other")], [Applied("a", 1, "one")]));

    [Fact]
    public void Other_bytes_on_the_way_are_found() =>
        Finds(ViolationKind.OtherBytes, Judged([First, Second], [Kept(2, "two")], [Applied("a", 1, "other"), Applied("b", 2, "two")]));

    private static KeptRow Kept(long n, string? hash) => new(Key, n, hash);

    private static JournalEntry Applied(string version, long? n, string? hash) => new(Key, version, n, hash);

    private static List<Violation> Judged(CommittedWrite[] committed, KeptRow[] rows, JournalEntry[] journal, bool hasBackfill = false)
    {
        var histories = committed.GroupBy(write => write.Key).ToDictionary(key => key.Key, key => key.ToList());
        return [.. new Judge(histories, hasBackfill).Violations(new("a", rows, journal))];
    }

    private static void Finds(ViolationKind kind, IEnumerable<Violation> violations) => Assert.Equal(kind, Assert.Single(violations).Kind);
}
