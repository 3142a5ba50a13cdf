namespace Strangler.Facade;

/// <summary>
/// Both sides of a route, measured over the same time: the last while, so that what was good for long does not hide what is bad now. Counting is in windows, of which
/// the last two are kept. Many threads add; one at a time changes windows.
/// </summary>
internal sealed class RouteMeasure
{
    private readonly bool legacyAnswers;
    private readonly SideCounts? legacyBefore;
    private volatile LastWindows windows;

    /// <summary>Begins to measure.</summary>
    /// <param name="route">The route's id.</param>
    /// <param name="setting">What it is measured under; another setting begins anew.</param>
    /// <param name="rule">How far back it is measured.</param>
    /// <param name="legacyAnswers">Whether legacy answers some of the users still.</param>
    /// <param name="legacyBefore">Legacy when it last answered beside the service; null when it never did.</param>
    /// <param name="since">The time now.</param>
    public RouteMeasure(string route, string setting, GateRule rule, bool legacyAnswers, SideCounts? legacyBefore, DateTimeOffset since)
    {
        (Route, Setting, Rule, Since) = (route, setting, rule, since);
        (this.legacyAnswers, this.legacyBefore, windows) = (legacyAnswers, legacyBefore, new LastWindows(null, new MeasureWindow(since)));
    }

    public string Route { get; }

    public string Setting { get; }

    /// <summary>The rule in force.</summary>
    public GateRule Rule { get; set; }

    /// <summary>Since when the route has had its setting.</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>Since when what is counted now was counted.</summary>
    public DateTimeOffset CountedSince => windows.Began;

    /// <summary>Goes on from before a restart.</summary>
    public static RouteMeasure Restored(KeptMeasure kept, string route, GateRule rule, bool legacyAnswers)
    {
        var measure = new RouteMeasure(route, kept.Setting, rule, legacyAnswers, kept.LegacyBefore, kept.Since);
        MeasureWindow[] windows = [.. kept.Windows.TakeLast(2).Select(MeasureWindow.Restored)];
        if (windows.Length > 0) measure.windows = new LastWindows(windows.Length > 1 ? windows[0] : null, windows[^1]);
        return measure;
    }

    /// <summary>Counts what came of a request that one side was asked.</summary>
    public void Add(Owner owner, Outcome outcome, int status, TimeSpan? latency)
    {
        bool? error = outcome switch
        {
            Outcome.Answered => status >= 500,
            Outcome.Unreachable or Outcome.TimedOut or Outcome.Failed or Outcome.Unavailable => true,
            _ => null,
        };
        if (error is not { } counted) return;
        var window = windows.Current;
        (owner.Name == Owner.LegacyName ? window.Legacy : window.Service).Add(counted, counted ? null : latency);
    }

    /// <summary>Begins a new window when the current one is long enough and says enough by itself.</summary>
    public void Roll(DateTimeOffset now)
    {
        var current = windows.Current;
        if (now - current.Began < Rule.Window || current.Service.Requests < Rule.Samples || (legacyAnswers && current.Legacy.Requests < Rule.Samples)) return;
        windows = new LastWindows(current, new MeasureWindow(now));
    }

    public SidesMeasured Read()
    {
        var (previous, current) = windows;
        var (service, legacy) = (current.Service.Read(), current.Legacy.Read());
        if (previous is not null) (service, legacy) = (previous.Service.Read() + service, previous.Legacy.Read() + legacy);
        // Where legacy answers nobody any more, what falls back to it is no fair sample.
        return new SidesMeasured(service, legacyAnswers ? legacy : legacyBefore);
    }

    /// <summary>What is worth keeping over a restart.</summary>
    public KeptMeasure Keep() => new(Setting, Since, legacyAnswers, legacyBefore, windows.Keep());
}

/// <summary>The window that counts, and the one before; null when there is none.</summary>
internal sealed record LastWindows(MeasureWindow? Previous, MeasureWindow Current)
{
    public DateTimeOffset Began => (Previous ?? Current).Began;

    public IReadOnlyList<KeptWindow> Keep() => Previous is null ? [Current.Keep()] : [Previous.Keep(), Current.Keep()];
}

/// <summary>Both sides from one moment on.</summary>
internal sealed class MeasureWindow(DateTimeOffset began)
{
    public DateTimeOffset Began => began;

    public SideMeasure Service { get; } = new();

    public SideMeasure Legacy { get; } = new();

    public static MeasureWindow Restored(KeptWindow kept)
    {
        var window = new MeasureWindow(kept.Began);
        window.Service.Restore(kept.Service);
        window.Legacy.Restore(kept.Legacy);
        return window;
    }

    public KeptWindow Keep() => new(began, Service.Read(), Legacy.Read());
}
