using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Strangler.Facade;

/// <summary>
/// Draws the bucket of a sticky key: SHA-256 of salt, line feed, key in UTF-8; the first eight bytes, big-endian, modulo 10,000. Written down because every
/// replica and every later version must draw the same, and anyone may check it.
/// </summary>
internal static class Bucket
{
    public const int Count = 10_000;

    // Longer keys (a session cookie of several KB) are hashed from the heap.
    private const int OnStack = 512;

    public static int Of(string salt, string key)
    {
        var longest = Encoding.UTF8.GetMaxByteCount(salt.Length + 1 + key.Length);
        Span<byte> text = longest <= OnStack ? stackalloc byte[OnStack] : new byte[longest];
        var length = Encoding.UTF8.GetBytes(salt, text);
        text[length++] = (byte)'\n';
        length += Encoding.UTF8.GetBytes(key, text[length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], hash);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % Count);
    }
}
