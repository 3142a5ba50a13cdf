using Yarp.ReverseProxy.Model;

namespace Strangler.Facade;

/// <summary>One place where an owner listens, and whether it is well. Lives as long as the facade, over every change of the file. Thread-safe.</summary>
internal sealed class Destination(Uri address, HttpMessageInvoker client, TimeProvider clock)
{
    private int _inFlight;
    private int _failedProbes;
    private volatile bool _failsProbes;
    private long _outUntil = long.MinValue;

    public Uri Address => address;

    /// <summary>Scheme, host and port, without a slash at the end.</summary>
    public string Prefix { get; } = address.GetLeftPart(UriPartial.Authority);

    public HttpMessageInvoker Client => client;

    /// <summary>What YARP's policies choose by.</summary>
    public DestinationState State { get; } = new(address.GetLeftPart(UriPartial.Authority));

    public int InFlight => Volatile.Read(ref _inFlight);

    public bool IsHealthy => !_failsProbes && clock.GetTimestamp() >= Volatile.Read(ref _outUntil);

    public void Begin() => Interlocked.Increment(ref _inFlight);

    public void End() => Interlocked.Decrement(ref _inFlight);

    /// <summary>Takes it out for a while: a connection to it could not be made.</summary>
    public void TakeOut(TimeSpan pause) => Volatile.Write(ref _outUntil, clock.GetTimestamp() + (long)(pause.TotalSeconds * clock.TimestampFrequency));

    /// <summary>Notes what a probe found. One at a time.</summary>
    /// <returns>Whether that changed its health.</returns>
    public bool Probed(bool passed, int limit)
    {
        _failedProbes = passed ? 0 : Math.Min(_failedProbes + 1, limit);
        var fails = _failedProbes >= limit;
        if (passed) Volatile.Write(ref _outUntil, long.MinValue);
        if (fails == _failsProbes) return false;
        _failsProbes = fails;
        return true;
    }

    /// <summary>Forgets its probes: nobody asks any more.</summary>
    public void Unprobed() => (_failedProbes, _failsProbes) = (0, false);
}
