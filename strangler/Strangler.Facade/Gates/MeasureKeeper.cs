using Microsoft.Extensions.Hosting;

namespace Strangler.Facade;

/// <summary>Keeps the measures of the last while, in memory and on disk: every two seconds, which is the most that a crash forgets, and at the end.</summary>
internal sealed class MeasureKeeper(Measures measures, MeasureMemory memory, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Look();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            memory.Keep(measures.All);
        }
    }

    private void Look()
    {
        foreach (var measure in measures.All) measure.Roll(clock.GetUtcNow());
        memory.Keep(measures.All);
    }
}
