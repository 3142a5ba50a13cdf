using Yarp.ReverseProxy.Model;

namespace Strangler.Facade;

/// <summary>One place where an owner listens, and whether it is well. Lives as long as the facade, over every change of the file. Thread-safe.</summary>
internal sealed class Destination(Uri address, HttpMessageInvoker client, TimeProvider clock)
{
    private int inFlight;
    private int failedProbes;
    private volatile bool failsProbes;
    private long outUntil = long.MinValue;

    public Uri Address => address;

    /// <summary>Scheme, host and port, without a slash at the end.</summary>
    public string Prefix { get; } = address.GetLeftPart(UriPartial.Authority);

    public HttpMessageInvoker Client => client;

    /// <summary>What YARP's policies choose by.</summary>
    public DestinationState State { get; } = new(address.GetLeftPart(UriPartial.Authority));

    public int InFlight => Volatile.Read(ref inFlight);

    public bool IsHealthy => !failsProbes && clock.GetTimestamp() >= Volatile.Read(ref outUntil);

    public void Begin() => Interlocked.Increment(ref inFlight);

    public void End() => Interlocked.Decrement(ref inFlight);

    /// <summary>Takes it out for a while: a connection to it could not be made.</summary>
    public void TakeOut(TimeSpan pause) => Volatile.Write(ref outUntil, clock.GetTimestamp() + (long)(pause.TotalSeconds * clock.TimestampFrequency));

    /// <summary>Notes what a probe found. One at a time.</summary>
    /// <returns>Whether that changed its health.</returns>
    public bool Probed(bool passed, int limit)
    {
        failedProbes = passed ? 0 : Math.Min(failedProbes + 1, limit);
        var fails = failedProbes >= limit;
        if (passed) Volatile.Write(ref outUntil, long.MinValue);
        if (fails == failsProbes) return false;
        failsProbes = fails;
        return true;
    }

    /// <summary>Forgets its probes: nobody asks any more.</summary>
    public void Unprobed() => (failedProbes, failsProbes) = (0, false);
}
