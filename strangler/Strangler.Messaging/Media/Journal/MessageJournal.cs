using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Strangler.Messaging;

/// <summary>
/// Messages in a file, in order, each with a checksum. An append is written and flushed to the disk before the length up to which the file counts is, in one of two slots
/// that take turns: whatever is behind that length after a crash was promised to nobody, whatever is before it must be whole. Not thread-safe.
/// </summary>
internal sealed class MessageJournal : IDisposable
{
    public const string FileName = "messages.journal";

    private const int SlotBytes = 24;
    private const int Begin = 2 * SlotBytes;
    private const int HeadBytes = 16;

    private readonly SafeFileHandle file;
    private readonly string path;
    private ulong turn;

    private MessageJournal(string path, SafeFileHandle file) => (this.path, this.file) = (path, file);

    /// <summary>Up to here it counts.</summary>
    public long End { get; private set; } = Begin;

    public bool IsEmpty => End == Begin;

    /// <summary>Where the first message begins.</summary>
    public static long Start => Begin;

    /// <summary>Opens the journal of a folder, which is made when missing.</summary>
    /// <exception cref="IOException">Another process has it, or the disk fails.</exception>
    /// <exception cref="JournalDamagedException">What it promised is not there.</exception>
    public static MessageJournal Open(string folder)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, FileName);
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            var journal = new MessageJournal(path, file);
            journal.Recover();
            return journal;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Keeps messages; when it returns, a crash of the machine does not lose them.</summary>
    public void Append(IEnumerable<Envelope> messages)
    {
        using var records = new MemoryStream();
        foreach (var message in messages) Write(records, message);
        RandomAccess.Write(file, records.GetBuffer().AsSpan(0, (int)records.Length), End);
        RandomAccess.FlushToDisk(file);
        Promise(End + records.Length);
    }

    /// <summary>Reads messages from a place on.</summary>
    /// <param name="from"><see cref="Start"/>, or where an earlier call ended.</param>
    /// <param name="limit">At most so many.</param>
    /// <returns>The messages, none at the end, and where the next one begins.</returns>
    public (IReadOnlyList<Envelope> Messages, long Next) Read(long from, int limit)
    {
        var messages = new List<Envelope>();
        while (from < End && messages.Count < limit)
        {
            var (message, next) = ReadOne(from);
            messages.Add(message);
            from = next;
        }

        return (messages, from);
    }

    /// <summary>Everything that it holds is elsewhere.</summary>
    public void Clear()
    {
        Promise(Begin);
        RandomAccess.SetLength(file, Begin);
    }

    public void Dispose() => file.Dispose();

    private void Recover()
    {
        var length = RandomAccess.GetLength(file);
        if (length < Begin)
        {
            // New, or killed while it was made: nothing was promised yet.
            RandomAccess.SetLength(file, 0);
            Promise(Begin);
            Promise(Begin);
            return;
        }

        var (first, second) = (ReadSlot(0), ReadSlot(1));
        if (first is null && second is null) throw new JournalDamagedException(path, 0);
        (turn, End) = first is { } one && (second is null || one.Turn > second.Value.Turn) ? one : second!.Value;
        if (length < End) throw new JournalDamagedException(path, length);
        for (var at = (long)Begin; at < End;) at = ReadOne(at).Next;
        RandomAccess.SetLength(file, End);
    }

    private static void Write(MemoryStream records, Envelope message)
    {
        var headers = Encoding.UTF8.GetBytes(EnvelopeText.Headers(message));
        Span<byte> head = stackalloc byte[HeadBytes];
        BinaryPrimitives.WriteInt32LittleEndian(head, headers.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], message.Data.Length);
        Checksum(head[..8], headers, message.Data.Span, head[8..]);
        records.Write(head);
        records.Write(headers);
        records.Write(message.Data.Span);
    }

    private (Envelope Message, long Next) ReadOne(long at)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        if (RandomAccess.Read(file, head, at) < HeadBytes) throw new JournalDamagedException(path, at);
        var (headersLength, bodyLength) = (BinaryPrimitives.ReadInt32LittleEndian(head), BinaryPrimitives.ReadInt32LittleEndian(head[4..]));
        var next = at + HeadBytes + headersLength + bodyLength;
        if (headersLength < 0 || bodyLength < 0 || next > End) throw new JournalDamagedException(path, at);
        var content = new byte[headersLength + bodyLength];
        if (RandomAccess.Read(file, content, at + HeadBytes) < content.Length) throw new JournalDamagedException(path, at);
        Span<byte> checksum = stackalloc byte[8];
        Checksum(head[..8], content.AsSpan(0, headersLength), content.AsSpan(headersLength), checksum);
        if (!checksum.SequenceEqual(head[8..])) throw new JournalDamagedException(path, at);
        return (EnvelopeText.Read(Encoding.UTF8.GetString(content, 0, headersLength), content[headersLength..]), next);
    }

    /// <summary>The slots take turns, so that the one before is whole when the write of this one is cut short.</summary>
    private void Promise(long end)
    {
        Span<byte> slot = stackalloc byte[SlotBytes];
        turn++;
        BinaryPrimitives.WriteUInt64LittleEndian(slot, turn);
        BinaryPrimitives.WriteInt64LittleEndian(slot[8..], end);
        Checksum(slot[..16], [], [], slot[16..]);
        RandomAccess.Write(file, slot, (long)(turn % 2) * SlotBytes);
        RandomAccess.FlushToDisk(file);
        End = end;
    }

    private (ulong Turn, long End)? ReadSlot(int number)
    {
        Span<byte> slot = stackalloc byte[SlotBytes];
        Span<byte> checksum = stackalloc byte[8];
        if (RandomAccess.Read(file, slot, (long)number * SlotBytes) < SlotBytes) return null;
        Checksum(slot[..16], [], [], checksum);
        return checksum.SequenceEqual(slot[16..]) ? (BinaryPrimitives.ReadUInt64LittleEndian(slot), BinaryPrimitives.ReadInt64LittleEndian(slot[8..])) : null;
    }

    private static void Checksum(ReadOnlySpan<byte> head, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> body, Span<byte> into)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(head);
        hash.AppendData(headers);
        hash.AppendData(body);
        Span<byte> whole = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(whole);
        whole[..8].CopyTo(into);
    }
}
