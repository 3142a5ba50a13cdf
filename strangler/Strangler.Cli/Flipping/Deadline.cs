using System.Globalization;

namespace Strangler.Cli.Flipping;

/// <summary>The one limit of everything that a command waits for.</summary>
internal sealed class Deadline(TimeSpan limit, TimeProvider clock)
{
    private readonly long began = clock.GetTimestamp();

    public bool IsOver => clock.GetElapsedTime(began) >= limit;

    /// <summary>The limit, for people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{limit.TotalSeconds:0.###} s");
}
