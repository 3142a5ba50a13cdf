using System.Globalization;

namespace Strangler.Facade;

/// <summary>What shadowing may cost, under <c>Facade:Shadow</c>. What is copied stands in routes.json.</summary>
public sealed class ShadowOptions
{
    private static readonly string[] Known = [.. typeof(ShadowOptions).GetProperties().Select(property => property.Name)];

    /// <summary>How long a copy may take, from connecting to the last byte, before it counts as timed out. No user waits for it.</summary>
    /// <value>Default 2 s; 50 ms to 60 s.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How many copies a service answers at a time.</summary>
    /// <value>Default 4; 1 to 256.</value>
    public int Concurrency { get; set; } = 4;

    /// <summary>How many copies may wait for a service; those that find it full are dropped.</summary>
    /// <value>Default 200; 1 to 100000.</value>
    public int Buffer { get; set; } = 200;

    /// <summary>Bytes that all answers together may hold while they are copied, wait or are compared; what would exceed it is dropped.</summary>
    /// <value>Default 32 MiB; 64 KiB to 4 GiB.</value>
    public long BufferBytes { get; set; } = 32L * 1024 * 1024;

    /// <summary>The largest body that is kept for comparison, on either side, as sent over the wire.</summary>
    /// <value>Default 1 MiB; 1 KiB to 16 MiB. Larger answers reach the user as ever and are skipped.</value>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>How many copies a second a service gets; the rest is skipped.</summary>
    /// <value>Default 100; 0.01 to 100000.</value>
    public double RatePerSecond { get; set; } = 100;

    /// <summary>How many bytes of answers a service may send for copies in an hour; then copies are skipped until the budget refills, evenly over the hour.</summary>
    /// <value>Default 2 GiB; 64 KiB to 1 PiB.</value>
    public long BytesPerHour { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>How long a service that keeps failing gets no copies.</summary>
    /// <value>Default 10 s; 500 ms to 1 h.</value>
    public TimeSpan Pause { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Everything that is wrong, each with its key, its value and a cure.</summary>
    internal IEnumerable<string> Problems(IEnumerable<string> keys)
    {
        foreach (var key in keys.Where(key => !Known.Contains(key, StringComparer.OrdinalIgnoreCase))) yield return $"Facade:Shadow:{key} is no setting. {Spelling.Cure(key, Known, $"Settings: {string.Join(", ", Known)}.")}";
        (string Name, IComparable Value, IComparable Least, IComparable Most)[] ranges =
        [
            (nameof(Timeout), Timeout, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(60)),
            (nameof(Concurrency), Concurrency, 1, 256),
            (nameof(Buffer), Buffer, 1, 100_000),
            (nameof(BufferBytes), BufferBytes, 64L * 1024, 4L * 1024 * 1024 * 1024),
            (nameof(MaxBodyBytes), MaxBodyBytes, 1024, 16 * 1024 * 1024),
            (nameof(RatePerSecond), RatePerSecond, 0.01, 100_000.0),
            (nameof(BytesPerHour), BytesPerHour, 64L * 1024, 1L << 50),
            (nameof(Pause), Pause, TimeSpan.FromMilliseconds(500), TimeSpan.FromHours(1)),
        ];
        foreach (var (name, value, least, most) in ranges)
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0) yield return string.Create(CultureInfo.InvariantCulture, $"Facade:Shadow:{name} '{value}' is out of range. Write {least} to {most}.");
        }
    }
}
