using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>A route's findings as they are kept over a restart: masked, and without the requests behind the samples.</summary>
internal sealed record KeptShadow(string Route, Uri Service, DateTimeOffset Since, ShadowCounts Counts, KeptTable Mismatches, long LegacyWrote, long ServiceWrote);

internal sealed record KeptTable(long Compared, long AskedTwice, long Overflow, IReadOnlyList<KeptField> Fields);

internal sealed record KeptField(string Field, DifferenceKind Kind, long Different, long Noise, DateTimeOffset First, DateTimeOffset Last, IReadOnlyList<MismatchSample> Samples);

/// <summary>The file of the findings, in the state folder.</summary>
internal sealed class KeptShadows(StateFolder state, ILogger<KeptShadows> log)
{
    private readonly KeptFile<KeptShadow[]> file = state.Kept<KeptShadow[]>("shadow", "stage shadow begins anew", log);

    /// <summary>What was kept; empty when there is nothing, or nothing that can be read.</summary>
    public IReadOnlyList<KeptShadow> Read() => file.Read() ?? [];

    /// <summary>Keeps the findings.</summary>
    public void Write(IEnumerable<RouteShadow> shadows) => file.Write([.. shadows.Select(shadow => shadow.Keep())]);
}

/// <summary>Writes the findings every few seconds when they have changed, and at the end.</summary>
internal sealed class ShadowKeeper(ShadowLedger ledger, KeptShadows kept, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        kept.Write(ledger.Live);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) kept.Write(ledger.Live);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end is written by who stops.
        }
    }
}
