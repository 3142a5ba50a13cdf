using System.Globalization;
using System.Text.RegularExpressions;

namespace Clinic.AntiCorruption.Readings;

/// <summary>
/// X3: a wall-clock time as somebody at a branch typed it. A time that did not exist, because the clock jumped over it, is moved forward by the
/// jump (00:30 becomes 01:30): the person meant "half an hour after midnight began". A time that came twice is its first coming, still
/// in summer time. The text in the legacy row stays as it is.
/// </summary>
internal static partial class LocalTimeReading
{
    public static Reading<DateTimeOffset> Read(string? text, Reading<TimeZoneInfo> zone)
    {
        var day = DateReading.Read(text);
        if (!day.IsKnown) return day.Warnings is [var why, ..] ? Reading<DateTimeOffset>.Unknown(why) : Reading<DateTimeOffset>.Missing();
        if (TimeOfDay(text!) is not { } time) return Reading<DateTimeOffset>.Unknown("no-time");
        if (!zone.IsKnown) return Reading<DateTimeOffset>.Unknown("no-zone");

        return Place(day.Value.ToDateTime(time), zone.Value, day.Warnings);
    }

    private static Reading<DateTimeOffset> Place(DateTime local, TimeZoneInfo zone, IReadOnlyList<string> warnings)
    {
        if (zone.IsInvalidTime(local))
        {
            // The offset that held until the jump, applied to the typed time, is the instant; seen after the jump it reads one jump later.
            var instant = new DateTimeOffset(local, zone.GetUtcOffset(local.AddDays(-1)));
            return Reading<DateTimeOffset>.Known(TimeZoneInfo.ConvertTime(instant, zone), [.. warnings, "nonexistent-moved-forward"]);
        }

        if (zone.IsAmbiguousTime(local))
        {
            // The larger offset is the earlier instant.
            return Reading<DateTimeOffset>.Known(new(local, zone.GetAmbiguousTimeOffsets(local).Max()), [.. warnings, "doubled-first-taken"]);
        }

        return Reading<DateTimeOffset>.Known(new(local, zone.GetUtcOffset(local)), warnings);
    }

    private static TimeOnly? TimeOfDay(string text)
    {
        var written = ClockTime().Match(text.Trim());
        if (!written.Success) return null;

        var parts = written.ValueSpan.Trim(" T").ToString().Replace(',', '.');
        return TimeOnly.TryParse(parts, CultureInfo.InvariantCulture, out var time) ? time : null;
    }

    [GeneratedRegex(@"[ T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,7})?)?$")]
    private static partial Regex ClockTime();
}
