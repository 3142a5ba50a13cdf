namespace Strangler.Facade;

/// <summary>
/// Leaves a service alone while it fails: counts failures in a sliding window, opens, waits, lets a few probes through, and closes when all of them succeed.
/// Own and not Polly's, because Polly's lets through one probe at a time and cannot be put back to where it was before a restart. Thread-safe.
/// </summary>
internal sealed class Breaker(string service, BreakerRule rule, TimeProvider clock)
{
    private readonly Lock sync = new();
    private readonly FailureWindow window = new(clock);
    private BreakerRule rule = rule;
    private volatile BreakerState state = BreakerState.Closed;
    private DateTimeOffset until;
    private int round;
    private int probesLeft;
    private int probesPassed;

    public string Service => service;

    /// <summary>The rule in force; another one takes effect at once and keeps what was counted.</summary>
    public BreakerRule Rule
    {
        get => Volatile.Read(ref rule);
        set => Volatile.Write(ref rule, value);
    }

    /// <summary>Told after each change of state, outside the lock.</summary>
    public event Action<Breaker>? Changed;

    /// <summary>Where it stands, for people and for the latch.</summary>
    public BreakerView View
    {
        get
        {
            lock (sync)
            {
                var (total, failed) = window.Count(Rule.Window);
                return new BreakerView(state, state == BreakerState.Closed ? null : until, total, failed);
            }
        }
    }

    /// <summary>Whether a request would be turned away now. Takes no probe's place.</summary>
    public bool Refuses
    {
        get
        {
            if (state == BreakerState.Closed) return false;
            lock (sync)
            {
                return state != BreakerState.Closed && clock.GetUtcNow() < until && probesLeft == 0;
            }
        }
    }

    /// <summary>Asks to send a request.</summary>
    /// <param name="permit">To be given back to <see cref="Report"/>, exactly once, when the answer is yes.</param>
    public bool TryEnter(out BreakerPermit permit)
    {
        var probing = false;
        lock (sync)
        {
            permit = new BreakerPermit(round, state != BreakerState.Closed);
            if (state == BreakerState.Closed) return true;
            // A round of probes that never reported (they hang, their users left) gives way to the next one.
            if (clock.GetUtcNow() >= until)
            {
                probing = state != BreakerState.HalfOpen;
                Enter(BreakerState.HalfOpen);
                permit = new BreakerPermit(round, Probe: true);
            }

            if (probesLeft == 0) return false;
            probesLeft--;
        }

        if (probing) Changed?.Invoke(this);
        return true;
    }

    /// <summary>Says what came of a request.</summary>
    /// <param name="permit">What <see cref="TryEnter"/> gave.</param>
    /// <param name="failed">Null when it says nothing about the service: the user left.</param>
    public void Report(BreakerPermit permit, bool? failed)
    {
        lock (sync)
        {
            // What began before the last change of state belongs to what is over.
            if (permit.Round != round) return;
            if (!permit.Probe)
            {
                if (failed is not { } counted) return;
                window.Add(counted, Rule.Window);
                if (!counted || !Exceeds(Rule)) return;
                Enter(BreakerState.Open);
            }
            else if (failed is null)
            {
                probesLeft++;
                return;
            }
            else if (failed.Value)
            {
                Enter(BreakerState.Open);
            }
            else if (++probesPassed >= Rule.Probes)
            {
                Enter(BreakerState.Closed);
            }
            else
            {
                return;
            }
        }

        Changed?.Invoke(this);
    }

    /// <summary>Puts it back to open, as it was before a restart. When the pause is over by now, probes follow at once.</summary>
    public void Restore(DateTimeOffset until)
    {
        lock (sync)
        {
            Enter(BreakerState.Open);
            this.until = until;
        }
    }

    private bool Exceeds(BreakerRule limit)
    {
        var (total, failed) = window.Count(limit.Window);
        return total >= limit.Minimum && failed * 100L >= (long)total * limit.Failures;
    }

    private void Enter(BreakerState state)
    {
        this.state = state;
        round++;
        window.Clear();
        until = clock.GetUtcNow() + Rule.Pause;
        probesPassed = 0;
        probesLeft = state == BreakerState.HalfOpen ? Rule.Probes : 0;
    }
}

/// <summary>Closed: requests pass. Open: none does. Half-open: a few probes do.</summary>
internal enum BreakerState
{
    Closed,
    Open,
    HalfOpen,
}

/// <summary>Leave to send one request.</summary>
/// <param name="Round">Which state of the breaker it belongs to.</param>
/// <param name="Probe">Whether the breaker's next state hangs on it.</param>
internal readonly record struct BreakerPermit(int Round, bool Probe);

/// <summary>Where a breaker stands.</summary>
/// <param name="State">The state.</param>
/// <param name="Until">When the next probes are let through; null while it is closed.</param>
/// <param name="Requests">Requests in the window.</param>
/// <param name="Failures">How many of them failed.</param>
internal sealed record BreakerView(BreakerState State, DateTimeOffset? Until, int Requests, int Failures)
{
    private static readonly string[] Words = ["closed", "open", "half-open"];

    public string Word => Words[(int)State];
}
