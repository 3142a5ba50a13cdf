using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>The journal's file, as a crash, a second process or a bad disk leaves it.</summary>
public sealed class MessageJournalTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("strangler-journal-");

    private string Path => System.IO.Path.Combine(folder.FullName, MessageJournal.FileName);

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void What_was_appended_is_there_in_order_after_another_opening_and_gone_after_clearing()
    {
        var messages = Sample.Messages("counter/São", 5);
        using (var journal = Open())
        {
            journal.Append(messages[..2]);
            journal.Append(messages[2..]);
        }

        using (var journal = Open())
        {
            var (first, next) = journal.Read(MessageJournal.Start, 3);
            var (rest, end) = journal.Read(next, 100);
            Sample.AssertSame(messages, first.Concat(rest));
            Assert.Equal(journal.End, end);
            journal.Clear();
            Assert.True(journal.IsEmpty);
        }

        using var cleared = Open();
        Assert.True(cleared.IsEmpty);
        cleared.Append(messages);
        Sample.AssertSame(messages, cleared.Read(MessageJournal.Start, 100).Messages);
    }

    [Fact]
    [Behaviour(15)]
    public void Killed_at_any_byte_of_an_append_it_holds_everything_before_and_nothing_of_it_or_all()
    {
        var (before, added) = (Sample.Messages("counter/1", 2), Sample.Messages("counter/2", 2));
        byte[] small, large;
        using (var journal = Open()) journal.Append(before);
        small = File.ReadAllBytes(Path);
        using (var journal = Open()) journal.Append(added);
        large = File.ReadAllBytes(Path);

        // The records first, a byte more each time; the two slots, in front of them, are still the old ones.
        for (var written = small.Length; written <= large.Length; written++)
        {
            File.WriteAllBytes(Path, [.. small[..48], .. large[48..written]]);
            using var journal = Open();
            Sample.AssertSame(before, journal.Read(MessageJournal.Start, 100).Messages);
            journal.Append(added);
            Sample.AssertSame(before.Concat(added), journal.Read(MessageJournal.Start, 100).Messages);
        }

        // Then the slot, cut short at any byte.
        for (var written = 0; written <= 48; written++)
        {
            File.WriteAllBytes(Path, [.. large[..written], .. small[written..48], .. large[48..]]);
            using var journal = Open();
            Assert.Contains(journal.Read(MessageJournal.Start, 100).Messages.Count, new[] { 2, 4 });
        }
    }

    [Fact]
    public void A_file_cut_short_while_it_was_made_is_made_again()
    {
        for (var length = 0; length < 48; length++)
        {
            File.WriteAllBytes(Path, new byte[length]);
            using var journal = Open();
            Assert.True(journal.IsEmpty);
        }
    }

    [Fact]
    public void Any_bit_that_changes_in_what_was_promised_is_found_and_nothing_is_read()
    {
        using (var journal = Open()) journal.Append(Sample.Messages("counter/1", 2));
        var whole = File.ReadAllBytes(Path);

        for (var at = 48; at < whole.Length; at++)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= 1;
            File.WriteAllBytes(Path, damaged);
            Assert.Throws<JournalDamagedException>(Open);
        }

        File.WriteAllBytes(Path, whole[..^1]);
        Assert.Throws<JournalDamagedException>(Open);
    }

    [Fact]
    public void Two_processes_cannot_have_one_journal()
    {
        using var first = Open();

        Assert.ThrowsAny<IOException>(Open);
    }

    private MessageJournal Open() => MessageJournal.Open(folder.FullName);
}
