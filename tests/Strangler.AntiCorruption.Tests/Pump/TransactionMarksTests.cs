using System.Globalization;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

public sealed class TransactionMarksTests
{
    [Fact]
    public void The_only_message_of_a_transaction_is_not_marked()
    {
        var marks = new TransactionMarks();

        Assert.Equal([null, null], Marked(marks, [Message(1, 0)], [Message(2, 0)]).Select(static message => message.Transaction));
    }

    [Fact]
    [Behaviour(12)]
    public void The_last_message_of_each_type_says_how_many_of_each_there_are()
    {
        var sent = Marked(new(), [Message(10, 0), Message(10, 1, "a.b.v1"), Message(10, 2), Message(10, 3)], [Message(11, 0)]);

        Assert.Equal(
            ["10.0 000000000000000a ", "10.1 000000000000000a a.b.v1=1,test.done.v1=3", "10.2 000000000000000a ", "10.3 000000000000000a a.b.v1=1,test.done.v1=3", "11.0  "],
            sent.Select(Text));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(TransactionMarks.HeldBack)]
    [InlineData(TransactionMarks.HeldBack + 1)]
    [InlineData(10_000)]
    [Behaviour(12)]
    public void Every_message_is_sent_once_in_order_and_at_its_end_the_number_is_told(int messages)
    {
        var marks = new TransactionMarks();
        var ready = new List<Envelope>();
        for (var ordinal = 0; ordinal < messages; ordinal++)
        {
            marks.Add([Message(5, (uint)ordinal)], ready);
            Assert.True(ready.Count >= ordinal + 1 - TransactionMarks.HeldBack, "No more is held back than that.");
        }

        marks.End(ready);
        Assert.Equal(Enumerable.Range(0, messages), ready.Select(static message => (int)message.Version.Ordinal));
        Assert.All(ready, static message => Assert.Equal("0000000000000005", message.Transaction?.Id));
        Assert.Equal($"test.done.v1={messages}", Assert.Single(ready, static message => message.Transaction?.Counts is not null).Transaction!.Counts);
        Assert.Equal(messages - 1, ready.FindIndex(static message => message.Transaction?.Counts is not null));
    }

    [Fact]
    [Behaviour(12)]
    public void A_type_whose_last_message_is_long_sent_has_it_sent_once_more_with_the_numbers()
    {
        var sent = Marked(new(), [Message(5, 0, "a.b.v1"), Message(5, 1, "a.b.v1"), .. Enumerable.Range(2, 100).Select(static ordinal => Message(5, (uint)ordinal))]);

        Assert.Equal(103, sent.Count);
        Assert.Equal("5.1 0000000000000005 a.b.v1=2,test.done.v1=100", Text(sent[^1]));
        Assert.Equal(sent[1], sent[^1] with { Transaction = sent[1].Transaction });
    }

    [Fact]
    public void What_two_translators_say_of_one_change_is_counted_once()
    {
        var sent = Marked(new(), [Message(5, 0), Message(5, 0), Message(5, 1)]);

        Assert.Equal("test.done.v1=2", sent[^1].Transaction!.Counts);
    }

    private static List<Envelope> Marked(TransactionMarks marks, params Envelope[][] transactions)
    {
        var ready = new List<Envelope>();
        foreach (var transaction in transactions)
        {
            foreach (var message in transaction) marks.Add([message], ready);
            marks.End(ready);
        }

        return ready;
    }

    private static Envelope Message(ulong position, uint ordinal, string type = "test.done.v1") => new(
        string.Create(CultureInfo.InvariantCulture, $"{position}.{ordinal}.{type}"), "urn:test", type, $"key/{ordinal}", new(position, ordinal), DateTimeOffset.UnixEpoch, default);

    private static string Text(Envelope message) =>
        string.Create(CultureInfo.InvariantCulture, $"{message.Version.Position}.{message.Version.Ordinal} {message.Transaction?.Id} {message.Transaction?.Counts}");
}
