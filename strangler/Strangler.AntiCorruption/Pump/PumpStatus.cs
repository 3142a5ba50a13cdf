using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>What the pump is doing.</summary>
public enum PumpPhase
{
    /// <summary>Another layer on the same store is the active one; this one takes over when it must.</summary>
    Standby,

    /// <summary>Making capture ready.</summary>
    Preparing,

    /// <summary>Following the changes and, beside them, reading rows that exist.</summary>
    Backfilling,

    /// <summary>Following the changes.</summary>
    Streaming,

    /// <summary>Something failed; it begins again from the stored checkpoint after a pause.</summary>
    Retrying,

    /// <summary>The host is stopping.</summary>
    Stopped,
}

/// <summary>The pump at one moment.</summary>
/// <param name="Phase">What it is doing.</param>
/// <param name="Since">Since when, UTC.</param>
/// <param name="SourceId">Identity of the capture; null before the first preparation.</param>
/// <param name="Problem">Why it is retrying, with the cure where there is one; null when all is well.</param>
/// <param name="UnconfirmedMessages">Messages on their way.</param>
/// <param name="UnconfirmedSince">Since when the oldest of them is, UTC; null when there is none.</param>
/// <param name="Backfill">The table being backfilled; null when none is.</param>
public sealed record PumpState(
    PumpPhase Phase,
    DateTimeOffset Since,
    string? SourceId,
    string? Problem,
    int UnconfirmedMessages,
    DateTimeOffset? UnconfirmedSince,
    BackfillState? Backfill);

/// <summary>A running backfill.</summary>
/// <param name="Table">The table.</param>
/// <param name="RowsPerSecond">Mean of this run.</param>
/// <param name="TimeLeft">At that rate; null before the first chunk is safe.</param>
public sealed record BackfillState(string Table, double RowsPerSecond, TimeSpan? TimeLeft);

/// <summary>The live state of the pump, for lag and health. Thread-safe.</summary>
internal sealed class PumpStatus(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Queue<(DateTimeOffset SentAt, int Messages)> unconfirmed = [];
    private long translatingSince;
    private PumpState state = new(PumpPhase.Preparing, clock.GetUtcNow(), null, null, 0, null, null);

    /// <summary>Since when translators have been at what they are at, UTC; null while they are at nothing.</summary>
    public DateTimeOffset? TranslatingSince => Interlocked.Read(ref translatingSince) is > 0 and var ticks ? new(ticks, TimeSpan.Zero) : null;

    public PumpState Current
    {
        get
        {
            lock (gate) return state;
        }
    }

    /// <summary>The publisher at work; null when there is none.</summary>
    public IMessagePublisher? Publisher { private get; set; }

    /// <summary>Why the medium takes no messages for now; null while it does.</summary>
    public string? BlockedReason => Publisher?.BlockedReason;

    public void Enter(PumpPhase phase, string? problem = null)
    {
        lock (gate)
        {
            if (phase is PumpPhase.Standby or PumpPhase.Preparing or PumpPhase.Retrying or PumpPhase.Stopped)
            {
                unconfirmed.Clear();
                Translated();
            }

            // A problem stays in sight until streaming or a backfill shows that it is over.
            var shown = problem ?? (phase == PumpPhase.Preparing ? state.Problem : null);
            state = state with { Phase = phase, Since = clock.GetUtcNow(), Problem = shown, Backfill = null };
            CountUnconfirmed();
        }
    }

    /// <summary>Translators are given something.</summary>
    public void Translates() => Interlocked.Exchange(ref translatingSince, clock.GetUtcNow().UtcTicks);

    /// <summary>They are done with it.</summary>
    public void Translated() => Interlocked.Exchange(ref translatingSince, 0);

    public void Captures(string sourceId)
    {
        lock (gate) state = state with { SourceId = sourceId };
    }

    public void Backfills(BackfillState backfill)
    {
        lock (gate) state = state with { Backfill = backfill };
    }

    public void Sent(int messages)
    {
        lock (gate)
        {
            unconfirmed.Enqueue((clock.GetUtcNow(), messages));
            CountUnconfirmed();
        }
    }

    /// <summary>The oldest batch that was sent is safe.</summary>
    public void Confirmed()
    {
        lock (gate)
        {
            unconfirmed.TryDequeue(out _);
            CountUnconfirmed();
        }
    }

    private void CountUnconfirmed() => state = state with
    {
        UnconfirmedMessages = unconfirmed.Sum(static batch => batch.Messages),
        UnconfirmedSince = unconfirmed.TryPeek(out var oldest) ? oldest.SentAt : null,
    };
}
