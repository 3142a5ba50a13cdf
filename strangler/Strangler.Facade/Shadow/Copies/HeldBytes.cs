using System.Buffers;

namespace Strangler.Facade;

/// <summary>The bytes that shadowing holds in the whole facade, bounded. Thread-safe.</summary>
internal sealed class ShadowMemory(FacadeOptions options)
{
    private long held;

    public long Held => Interlocked.Read(ref held);

    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref held, bytes) <= options.Shadow.BufferBytes) return true;
        Interlocked.Add(ref held, -bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref held, -bytes);
}

/// <summary>
/// Keeps a copy of bytes that pass, up to a limit and as long as there is memory for it; beyond either it keeps nothing and says why.
/// Used by one thread at a time.
/// </summary>
internal sealed class HeldBytes(ShadowMemory memory, int most) : IDisposable
{
    private const int ChunkSize = 16 * 1024;
    private readonly List<byte[]> chunks = [];
    private int length;
    private bool closed;

    /// <summary>More came than may be kept.</summary>
    public bool TooLarge { get; private set; }

    /// <summary>There was no memory for it.</summary>
    public bool NoMemory { get; private set; }

    /// <summary>Everything has passed, as far as the one who passes it on could tell.</summary>
    public bool Ended { get; private set; }

    public void End() => Ended = true;

    /// <summary>Keeps nothing of what is announced to be larger than may be kept.</summary>
    public void Refuse()
    {
        TooLarge = true;
        Dispose();
    }

    public void Keep(ReadOnlySpan<byte> bytes)
    {
        if (closed) return;
        if (length + (long)bytes.Length > most)
        {
            Refuse();
            return;
        }

        while (!bytes.IsEmpty)
        {
            var at = length % ChunkSize;
            if (at == 0 && !TryGrow()) return;
            var part = bytes[..Math.Min(bytes.Length, ChunkSize - at)];
            part.CopyTo(chunks[^1].AsSpan(at));
            length += part.Length;
            bytes = bytes[part.Length..];
        }
    }

    public byte[] ToArray()
    {
        var all = new byte[length];
        for (var i = 0; i < chunks.Count; i++) chunks[i].AsSpan(0, Math.Min(ChunkSize, length - (i * ChunkSize))).CopyTo(all.AsSpan(i * ChunkSize));
        return all;
    }

    /// <summary>Gives the memory back; nothing is kept from now on.</summary>
    public void Dispose()
    {
        closed = true;
        memory.Return((long)chunks.Count * ChunkSize);
        foreach (var chunk in chunks) ArrayPool<byte>.Shared.Return(chunk);
        chunks.Clear();
        length = 0;
    }

    private bool TryGrow()
    {
        if (!memory.TryTake(ChunkSize))
        {
            NoMemory = true;
            Dispose();
            return false;
        }

        chunks.Add(ArrayPool<byte>.Shared.Rent(ChunkSize));
        return true;
    }
}
