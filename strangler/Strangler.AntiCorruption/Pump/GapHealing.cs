using Microsoft.Extensions.Logging;

namespace Strangler.AntiCorruption;

/// <summary>
/// What becomes of changes that the source no longer holds. With <see cref="GapPolicy.Backfill"/> everything concerned is read again: once, and again only when that
/// is done and <see cref="AntiCorruptionOptions.HealAgainAfter"/> has passed; otherwise the gap is named with its choices, and nothing streams.
/// </summary>
internal sealed partial class GapHealing(
    IChangeFeed feed, AclStore store, BackfillStore backfills, TranslatorSet translators, AntiCorruptionOptions options, TimeProvider clock, ILogger<GapHealing> logger)
{
    /// <summary>Makes capture ready.</summary>
    /// <param name="stored">The checkpoint; null the first time.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SourceGapException">Changes after it may be lost, and this gap is not to be healed by itself.</exception>
    public async Task<SourceIdentity> PrepareAsync(SourceCheckpoint? stored, CancellationToken cancellation)
    {
        var refusal = await RefusalAsync(cancellation);
        try
        {
            var identity = await feed.PrepareAsync(translators.Tables, stored, refusal is null ? options.OnGap : GapPolicy.Stop, cancellation);
            if (identity.Gap.Count > 0) LogHealing(string.Join(' ', identity.Gap));
            return identity;
        }
        catch (SourceGapException gap) when (refusal is not null)
        {
            throw new SourceGapException([.. gap.Problems, refusal]);
        }
    }

    /// <summary>A table that was made again, or for a while was not captured, has a gap of its own; the others go on where they were.</summary>
    public async Task BeginLostTablesAsync(IReadOnlyList<TableShape> current, CancellationToken cancellation)
    {
        var stored = (await store.ShapesAsync(cancellation)).ToDictionary(static shape => shape.Table);
        var lost = current.Where(now => now.Generation.Length > 0 && stored.TryGetValue(now.Table, out var was) && was.Generation.Length > 0 && was.Generation != now.Generation).ToList();
        if (lost.Count == 0) return;

        var refusal = await RefusalAsync(cancellation);
        if (options.OnGap == GapPolicy.Stop || refusal is not null)
        {
            var gaps = lost.Select(static table =>
                $"Table '{table.Table}' was made again, or taken out of the publication for a while, or old rows of it did not carry its key: changes of it were not captured. Backfill it with AntiCorruption:OnGap=Backfill; rows that are gone are taken back.");
            throw new SourceGapException(refusal is null ? [.. gaps] : [.. gaps, refusal]);
        }

        await store.BeginTablesAsync(lost, cancellation);
        foreach (var table in lost) LogTableBegun(table.Table);
    }

    /// <summary>Why a gap that is found now is not healed, although the setting says so; null when it is, or when the setting says otherwise.</summary>
    private async Task<string?> RefusalAsync(CancellationToken cancellation)
    {
        if (options.OnGap != GapPolicy.Backfill || options.HealAgainAfter == TimeSpan.Zero || await store.HealedAtAsync(cancellation) is not { } last) return null;

        const string Cure = "Find out why changes are lost; to have every gap healed, set AntiCorruption:HealAgainAfter=00:00:00.";
        var again = last + options.HealAgainAfter;
        if (clock.GetUtcNow() < again) return $"A gap was healed at {last:u} already; by itself the layer heals another one after {again:u} (AntiCorruption:HealAgainAfter). {Cure}";

        var unread = (await backfills.ReadAsync(cancellation)).FirstOrDefault(static table => table.State is not (Backfill.Complete or Backfill.Cancelled or Backfill.Left));
        return unread is null ? null : $"A gap was healed at {last:u}, and table '{unread.Table}' has not been read again for it yet (its backfill is {unread.State}). {Cure}";
    }

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Capture begins anew, and every table is backfilled again. {Gap}")]
    private partial void LogHealing(string gap);

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Table {Table} was not captured for a while; it is backfilled again")]
    private partial void LogTableBegun(string table);
}
