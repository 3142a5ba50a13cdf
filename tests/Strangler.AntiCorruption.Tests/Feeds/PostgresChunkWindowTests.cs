using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>The judgements that a race would decide on a real server. The number of a transaction is its place in the order of beginning, not of commit.</summary>
public sealed class PostgresChunkWindowTests
{
    private static readonly CapturedTable Person = new("person", "id", NeedsBefore: false);
    private static readonly RowShape Shape = new(["id", "name", "note"]);

    private readonly PostgresChunkWindow window = new();

    public PostgresChunkWindowTests()
    {
        window.Watch();
        window.Bar(100);
    }

    [Fact]
    [Behaviour(49)]
    public void A_transaction_that_was_streamed_before_and_is_not_visible_yet_makes_the_rows_too_old()
    {
        Stream(101, Update("1", "new"));
        var opening = window.Open(new(Person, 1, 10));

        Assert.False(window.TryPlace(opening, PostgresSnapshot.Parse("101:105:101"), [Row("1", "old")]));
        Assert.True(window.TryPlace(opening, PostgresSnapshot.Parse("105:105:"), [Row("1", "new")]));
        Assert.Equal(["1 new -"], Arrive(opening));
    }

    [Fact]
    public void A_transaction_newer_than_every_finished_one_is_not_visible_although_no_list_names_it()
    {
        Stream(105, Update("1", "new"));
        var opening = window.Open(new(Person, 1, 10));

        Assert.False(window.TryPlace(opening, PostgresSnapshot.Parse("105:105:"), [Row("1", "old")]));
    }

    [Fact]
    public void While_a_transaction_from_before_the_watching_is_open_nothing_is_placed()
    {
        var opening = window.Open(new(Person, 1, 10));

        Assert.False(window.TryPlace(opening, PostgresSnapshot.Parse("99:105:99"), []));
        Assert.True(window.TryPlace(opening, PostgresSnapshot.Parse("100:105:101"), []));
    }

    [Fact]
    public void What_is_streamed_while_the_rows_are_read_is_applied_unless_the_rows_contain_it()
    {
        var opening = window.Open(new(Person, 1, 10));
        Stream(102, Update("1", "contained, then changed by nobody"));
        Stream(101, Update("2", "applied"));

        Assert.True(window.TryPlace(opening, PostgresSnapshot.Parse("101:105:101"), [Row("1", "read"), Row("2", "read")]));
        Assert.Equal(["1 read -", "2 applied -"], Arrive(opening));
    }

    [Fact]
    public void What_is_streamed_before_the_marker_is_applied_with_its_deletes_and_moves_and_large_values()
    {
        var opening = window.Open(new(Person, 1, 10));
        Assert.True(window.TryPlace(opening, PostgresSnapshot.Parse("105:105:"), [Row("1", "a", "large"), Row("2", "b", "large"), Row("3", "c")]));

        Stream(106, new(Person.Name, ChangeKind.Delete, Key("3"), null, default, default));
        Stream(107, Update("1", "changed", SourceRow.Unchanged));
        Stream(108, Update("9", "moved", SourceRow.Unchanged) with { Before = Key("2") });

        Assert.Equal(["1 changed large", "9 moved large"], Arrive(opening));
    }

    [Fact]
    public void A_transaction_that_began_to_be_streamed_before_the_window_opened_counts_as_before_with_all_it_brings()
    {
        window.Begin(101);
        window.Streamed(Update("1", "first"));
        var opening = window.Open(new(Person, 1, 10));
        window.Streamed(Update("2", "second"));

        Assert.False(window.TryPlace(opening, PostgresSnapshot.Parse("101:102:101"), [Row("1", "old"), Row("2", "old")]));
    }

    [Fact]
    public void Numbers_of_transactions_go_on_after_four_billion()
    {
        window.Bar(0x1_FFFF_FFF0);
        Stream(0xFFFF_FFFE, Update("1", "seen"));
        Stream(0x0000_0002, Update("1", "not seen"));
        var opening = window.Open(new(Person, 1, 10));

        Assert.False(window.TryPlace(opening, PostgresSnapshot.Parse($"{0x2_0000_0001}:{0x2_0000_0005}:{0x2_0000_0002}"), []));
        Assert.True(window.TryPlace(opening, PostgresSnapshot.Parse($"{0x2_0000_0003}:{0x2_0000_0005}:"), []));
    }

    [Fact]
    public void More_changes_than_are_worth_keeping_make_the_chunk_be_read_again()
    {
        var opening = window.Open(new(Person, 1, 10));
        for (var change = 0; change <= 20_000; change++) Stream(101, Update("1", "n"));

        Assert.False(window.TryPlace(opening, PostgresSnapshot.Parse("105:105:"), [Row("1", "read")]));
    }

    [Fact]
    public void Two_rows_that_swap_their_keys_make_the_chunk_be_read_again()
    {
        var opening = window.Open(new(Person, 1, 10));
        Assert.True(window.TryPlace(opening, PostgresSnapshot.Parse("105:105:"), [Row("1", "a"), Row("2", "b")]));
        Stream(106, Update("2", "a") with { Before = Key("1") });
        Stream(106, Update("1", "b") with { Before = Key("2") });

        Assert.Null(window.Arrived(opening.Marker));
        Assert.True(Assert.IsType<BackfillFailedException>(opening.Arrival.Exception!.InnerException).IsPassing);
    }

    [Fact]
    public void A_withdrawn_chunk_does_not_come_out()
    {
        var opening = window.Open(new(Person, 1, 10));
        Assert.True(window.TryPlace(opening, PostgresSnapshot.Parse("105:105:"), [Row("1", "a")]));

        Assert.True(window.Withdraw(opening));
        Assert.Null(window.Arrived(opening.Marker));
    }

    private void Stream(uint transaction, RowChange change)
    {
        window.Begin(transaction);
        window.Streamed(change);
    }

    private IEnumerable<string> Arrive(PostgresChunkWindow.Opening opening) =>
        window.Arrived(opening.Marker)!.Present.Select(static row => $"{row.Text("id")} {row.Text("name")} {row.Text("note") ?? "-"}");

    private static SourceRow Row(string id, string name, string? note = null) => new(Shape, [id, name, note]);

    private static SourceRow Key(string id) => new(new RowShape(["id"]), [id]);

    private static RowChange Update(string id, string name, string? note = null) => new(Person.Name, ChangeKind.Update, null, Row(id, name, note), new MessageVersion(1, 0), default);
}
