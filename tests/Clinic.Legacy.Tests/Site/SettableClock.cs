namespace Clinic.Legacy.Tests.Site;

/// <summary>Stands at Sunday 26 July 2015, 22:30 in São Paulo (already the 27th in UTC) until a test moves it.</summary>
public sealed class SettableClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2015, 7, 27, 1, 30, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
