using System.Diagnostics;

namespace Strangler.Facade;

/// <summary>What is noted of one request while somebody looks: a duration, a trace, a line of the access log. Used by one thread at a time.</summary>
/// <param name="began">The clock's timestamp of its begin.</param>
/// <param name="trace">Its part of a trace; null for none.</param>
/// <param name="body">What counts the bytes of the answer; null when nobody asks.</param>
internal sealed class RequestRecord(long began, Activity? trace, CountingStream? body)
{
    public long Began => began;

    public Activity? Trace => trace;

    /// <summary>How many bytes of body went to the client.</summary>
    public long Bytes => body?.Bytes ?? 0;

    /// <summary>Who answered; null as long as nothing came of it.</summary>
    public Owner? Owner { get; private set; }

    public Outcome Outcome { get; private set; }

    public void Set(Owner owner, Outcome outcome) => (Owner, Outcome) = (owner, outcome);
}
