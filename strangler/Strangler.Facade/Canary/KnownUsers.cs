using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Strangler.Facade;

/// <summary>
/// Remembers for a short while whose credentials legacy said these are, so that choosing a side does not cost a question for every request. Kept are the SHA-256 of
/// Host, Cookie and Authorization, and the user's name: no credential, and nothing by which anybody is let in. Bounded. Thread-safe.
/// </summary>
internal sealed class KnownUsers(FacadeOptions options, TimeProvider clock)
{
    // Two generations of them, some 200 bytes each.
    private const int Most = 20_000;
    private volatile Generations known = new(new(), new());

    /// <summary>The user's name; null when nothing is known, or not lately.</summary>
    public string? Of(HttpContext context)
    {
        if (KeyOf(context) is not { } key) return null;
        var known = this.known;
        if (!known.Young.TryGetValue(key, out var user) && !known.Old.TryGetValue(key, out user)) return null;
        return clock.GetElapsedTime(user.At) < options.IdentityMemory ? user.Name : null;
    }

    /// <summary>Notes what legacy just said.</summary>
    public void Note(HttpContext context, string name)
    {
        if (options.IdentityMemory == TimeSpan.Zero || KeyOf(context) is not { } key) return;
        var known = this.known;
        // Two at once may both find it full: then a few are forgotten early, and asked for again.
        if (known.Young.Count >= Most || clock.GetElapsedTime(known.Began) >= options.IdentityMemory) this.known = known = new Generations(new(), known.Young) { Began = clock.GetTimestamp() };
        known.Young[key] = (name, clock.GetTimestamp());
    }

    /// <summary>What stands for the credentials; null when there are none, because then there is nobody to remember.</summary>
    private static Key? KeyOf(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (StringValues.IsNullOrEmpty(headers.Cookie) && StringValues.IsNullOrEmpty(headers.Authorization)) return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in (StringValues[])[headers.Host, headers.Authorization, headers.Cookie])
        {
            foreach (var value in part)
            {
                hash.AppendData(Encoding.UTF8.GetBytes(value ?? ""));
                // No header holds it, so where one ends and the next begins cannot be mistaken.
                hash.AppendData("\n"u8);
            }

            hash.AppendData("\n"u8);
        }

        Span<byte> hashed = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(hashed);
        return new Key(BinaryPrimitives.ReadUInt128LittleEndian(hashed), BinaryPrimitives.ReadUInt128LittleEndian(hashed[16..]));
    }

    private readonly record struct Key(UInt128 First, UInt128 Second);

    private sealed record Generations(ConcurrentDictionary<Key, (string Name, long At)> Young, ConcurrentDictionary<Key, (string Name, long At)> Old)
    {
        public long Began { get; init; }
    }
}
