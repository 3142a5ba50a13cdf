using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>What may change within a major version, and what may not.</summary>
public sealed class ContractChangeTests
{
    private const string Placed = "orders.order.placed.v1";

    private static readonly string Agreed = AsyncApiDocument.Write("Orders", "orders", [MessageContract.Of<Before.Placed>(Placed)]);

    [Fact]
    public void The_same_contracts_have_no_changes_and_the_same_text_in_any_order()
    {
        MessageContract[] contracts = [MessageContract.Of<Before.Placed>(Placed), MessageContract.Of<Added.Placed>("orders.order.placed.v2")];

        var document = AsyncApiDocument.Write("Orders", "orders", contracts);

        Assert.Equal(document, AsyncApiDocument.Write("Orders", "orders", contracts.Reverse()));
        Assert.Empty(ContractChange.Between(document, contracts));
    }

    [Fact]
    [Behaviour(68)]
    public void A_new_message_and_a_new_member_break_nobody()
    {
        var changes = ContractChange.Between(Agreed, [MessageContract.Of<Added.Placed>(Placed), MessageContract.Of<Before.Placed>("orders.order.placed.v2")]);

        Assert.Equal(
            [$"{Placed} customer.language: is new", $"{Placed} lines[].note: is new", $"{Placed} channel: is new", "orders.order.placed.v2: is new"],
            changes.Select(change => $"{change}"));
        Assert.DoesNotContain(changes, change => change.IsBreaking);
    }

    [Fact]
    [Behaviour(68)]
    public void What_is_taken_away_or_retyped_breaks_and_is_named()
    {
        var changes = ContractChange.Between(Agreed, [MessageContract.Of<Broken.Placed>(Placed)]);

        Assert.Equal(
            [
                $"{Placed} id: was integer, is string (breaking)",
                $"{Placed} on: has another format (breaking)",
                $"{Placed} customer: was object, is null or object (breaking)",
                $"{Placed} customer.name: is gone (breaking)",
                $"{Placed} lines[].amount: may be missing now (breaking)",
            ],
            changes.Where(change => change.IsBreaking).Select(change => $"{change}"));
    }

    [Fact]
    public void A_message_that_is_no_longer_published_breaks() =>
        Assert.Equal([$"{Placed}: is no longer published (breaking)", "orders.order.sent.v1: is new"], ContractChange.Between(Agreed, [MessageContract.Of<Before.Placed>("orders.order.sent.v1")]).Select(change => $"{change}"));

    [Fact]
    public void To_promise_more_breaks_nobody()
    {
        var agreed = AsyncApiDocument.Write("Orders", "orders", [MessageContract.Of<Broken.Placed>(Placed)]);

        var promise = Assert.Single(ContractChange.Between(agreed, [MessageContract.Of<Before.Placed>(Placed)]), change => change.Path == "customer");

        Assert.Equal(("was null or object, is object", false), (promise.What, promise.IsBreaking));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("no json")]
    [InlineData("""{"components":{"messages":[]}}""")]
    public void What_is_no_document_is_refused(string text) => Assert.Throws<FormatException>(() => ContractChange.Between(text, []));

    [Theory]
    [InlineData("")]
    [InlineData("orders.order.placed")]
    [InlineData("orders.order.placed.v0")]
    [InlineData("placed.v1 ")]
    [InlineData("Orders.Placed.v1")]
    public void A_name_without_a_major_version_is_refused(string name) =>
        Assert.Contains($"'{name}' is no wire name", Assert.Throws<ArgumentException>(() => MessageContract.Of<Before.Placed>(name)).Message, StringComparison.Ordinal);

    private static class Before
    {
        public sealed record Placed(long Id, DateOnly On, Customer Customer, IReadOnlyList<Line> Lines);

        public sealed record Customer(string Name);

        public sealed record Line
        {
            public required decimal Amount { get; init; }
        }
    }

    private static class Added
    {
        public sealed record Placed(long Id, DateOnly On, Customer Customer, IReadOnlyList<Line> Lines, string? Channel);

        public sealed record Customer(string Name, string Language);

        public sealed record Line
        {
            public required decimal Amount { get; init; }

            public string? Note { get; init; }
        }
    }

    private static class Broken
    {
        public sealed record Placed(string Id, DateTime On, Customer? Customer, IReadOnlyList<Line> Lines);

        public sealed record Customer(string Surname);

        public sealed record Line
        {
            public decimal Amount { get; init; }
        }
    }
}
