using Microsoft.Extensions.Hosting;

namespace Strangler.Facade;

/// <summary>Keeps the measures on disk, every few seconds and at the end.</summary>
internal sealed class MeasureKeeper(Measures measures, MeasureMemory memory, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) memory.Keep(measures.All);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            memory.Keep(measures.All);
        }
    }
}
