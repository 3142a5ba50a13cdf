using System.Text;

namespace Strangler.Facade;

/// <summary>
/// Draws the bucket of a sticky key: FNV-1a of 64 bits over salt, line feed and key in UTF-8, finished by MurmurHash3's mixing of 64 bits, modulo 10,000.
/// Written down because every replica and every later version must draw the same, and anyone may check it. It is drawn for every request and keeps no
/// secret, so it is quick instead of cryptographic.
/// </summary>
/// <remarks>
/// FNV-1a: Fowler, Noll, Vo, IETF draft-eastlake-fnv. It leaves keys that differ in their last bytes close together; the finalizer of MurmurHash3 (Appleby,
/// public domain) spreads every bit over all others.
/// </remarks>
internal static class Bucket
{
    public const int Count = 10_000;

    // Longer keys (a session cookie of several KB) are encoded on the heap.
    private const int OnStack = 512;
    private const ulong FnvOffset = 0xcbf29ce484222325;
    private const ulong FnvPrime = 0x100000001b3;

    public static int Of(string salt, string key)
    {
        var longest = Encoding.UTF8.GetMaxByteCount(salt.Length + 1 + key.Length);
        Span<byte> text = longest <= OnStack ? stackalloc byte[OnStack] : new byte[longest];
        var length = Encoding.UTF8.GetBytes(salt, text);
        text[length++] = (byte)'\n';
        length += Encoding.UTF8.GetBytes(key, text[length..]);
        return (int)(Mixed(Fnv(text[..length])) % Count);
    }

    private static ulong Fnv(ReadOnlySpan<byte> text)
    {
        var hash = FnvOffset;
        foreach (var one in text) hash = (hash ^ one) * FnvPrime;
        return hash;
    }

    private static ulong Mixed(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
