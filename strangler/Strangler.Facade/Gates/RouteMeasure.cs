namespace Strangler.Facade;

/// <summary>Both sides of a canary, measured over the same time: since its share, or its service, last changed.</summary>
internal sealed class RouteMeasure(string route, string setting, DateTimeOffset since)
{
    public string Route => route;

    /// <summary>What it was measured under; another setting begins anew.</summary>
    public string Setting => setting;

    public DateTimeOffset Since => since;

    public SideMeasure Service { get; } = new();

    public SideMeasure Legacy { get; } = new();

    /// <summary>Counts what came of a request that one side was asked.</summary>
    public void Add(Owner owner, Outcome outcome, int status, TimeSpan? latency)
    {
        bool? error = outcome switch
        {
            Outcome.Answered => status >= 500,
            Outcome.Unreachable or Outcome.TimedOut or Outcome.Failed or Outcome.Unavailable => true,
            _ => null,
        };
        if (error is { } counted) (owner.Name == Owner.LegacyName ? Legacy : Service).Add(counted, counted ? null : latency);
    }
}
