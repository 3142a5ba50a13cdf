using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>What one route was asked in about the last minute, by who answered: what people look at first. Thread-safe, without locks; where threads meet it may miss one.</summary>
internal sealed class RouteTraffic(TimeProvider clock)
{
    /// <summary>How far back it counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private const int Slots = 12;
    private readonly long step = clock.TimestampFrequency * (long)Window.TotalSeconds / Slots;
    private Slot[]? slots;

    public void Add(bool byLegacy, bool failed)
    {
        // A table may have thousands of routes that nobody asks.
        var slots = this.slots ?? Interlocked.CompareExchange(ref this.slots, [.. Enumerable.Range(0, Slots).Select(_ => new Slot())], null) ?? this.slots;
        var number = clock.GetTimestamp() / step;
        slots[number % Slots].Add(number, byLegacy ? 0 : 1, failed);
    }

    /// <summary>Requests, and how many of them failed, of legacy and of the service.</summary>
    public TrafficCounts Read()
    {
        if (this.slots is not { } slots) return default;
        var number = clock.GetTimestamp() / step;
        var counts = default(TrafficCounts);
        foreach (var slot in slots) counts = slot.AddTo(counts, number - Slots);
        return counts;
    }

    /// <summary>Whether a request failed for its user: 5xx, or no answer. Who left, and who must log in first, is no failure.</summary>
    public static bool IsFailure(Outcome outcome, int status) => outcome switch
    {
        Outcome.Answered => status >= StatusCodes.Status500InternalServerError,
        Outcome.Challenged or Outcome.ClientGone or Outcome.Refused => false,
        _ => true,
    };

    private sealed class Slot
    {
        private readonly int[] total = new int[2];
        private readonly int[] failed = new int[2];
        private long number = -1;

        public void Add(long number, int side, bool failed)
        {
            if (Volatile.Read(ref this.number) != number && Interlocked.Exchange(ref this.number, number) != number)
            {
                Array.Clear(total);
                Array.Clear(this.failed);
            }

            Interlocked.Increment(ref total[side]);
            if (failed) Interlocked.Increment(ref this.failed[side]);
        }

        public TrafficCounts AddTo(TrafficCounts counts, long after) => Volatile.Read(ref number) <= after ? counts : new(
            counts.Legacy + total[0], counts.LegacyFailed + failed[0], counts.Service + total[1], counts.ServiceFailed + failed[1]);
    }
}

/// <summary>Requests of about a minute by who answered.</summary>
internal readonly record struct TrafficCounts(int Legacy, int LegacyFailed, int Service, int ServiceFailed);
