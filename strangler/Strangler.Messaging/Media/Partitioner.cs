using System.Text;

namespace Strangler.Messaging;

/// <summary>
/// Says which partition a key belongs to. Stable across processes, machines, versions and languages: FNV-1a of 64 bits
/// (http://www.isthe.com/chongo/tech/comp/fnv/) over the key's UTF-8, folded to 32 bits by exclusive or (the same page, "xor folding"),
/// modulo the number of partitions.
/// </summary>
public static class Partitioner
{
    /// <summary>Most partitions a medium may have.</summary>
    public const int MaxPartitions = 256;

    private const ulong OffsetBasis = 14695981039346656037;
    private const ulong Prime = 1099511628211;
    private const int StackLimit = 256;

    /// <summary>The partition of a key.</summary>
    /// <param name="key">For example <c>patient/42</c>.</param>
    /// <param name="partitions">1 to <see cref="MaxPartitions"/>.</param>
    /// <returns>0 up to, not including, <paramref name="partitions"/>.</returns>
    public static int PartitionOf(string key, int partitions)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(partitions, MaxPartitions);

        return PartitionOf(Hash(key), partitions);
    }

    /// <summary>The partition of a key whose <see cref="Hash"/> is known.</summary>
    internal static int PartitionOf(ulong hash, int partitions) => (int)((uint)(hash ^ (hash >> 32)) % (uint)partitions);

    /// <summary>FNV-1a of 64 bits over the text's UTF-8.</summary>
    internal static ulong Hash(string text)
    {
        var longest = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> bytes = longest <= StackLimit ? stackalloc byte[StackLimit] : new byte[longest];
        var hash = OffsetBasis;
        foreach (var value in bytes[..Encoding.UTF8.GetBytes(text, bytes)])
        {
            hash = (hash ^ value) * Prime;
        }

        return hash;
    }
}
