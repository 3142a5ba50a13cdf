using System.Globalization;
using System.Text.RegularExpressions;

namespace Clinic.AntiCorruption.Readings;

/// <summary>
/// X2: a day written as text by many hands. Day first; month first only where day first is no day of the calendar (07/25/2015). Two-digit
/// years: 00-29 are 20xx, 30-99 are 19xx. Five digits are a spreadsheet's serial number. A trailing time is ignored. Zeros, 01/01/1900
/// and 31/12/9999 are how screens that demanded a date were told that there is none. Years outside 1900-2099 are typing errors.
/// </summary>
internal static partial class DateReading
{
    // Day 0 of the spreadsheet calendar as it works out after February 1900, which that calendar gives a 29th; five digits are always after.
    private static readonly DateOnly SerialZero = new(1899, 12, 30);

    public static Reading<DateOnly> Read(string? text)
    {
        var day = TrailingTime().Replace((text ?? "").Trim(), "");
        if (day.Length == 0) return Reading<DateOnly>.Missing();

        if (DayMonthYear().Match(day) is { Success: true } written) return ReadDayFirst(written);
        if (YearMonthDay().Match(day) is { Success: true } iso) return Check(Number(iso, "y"), Number(iso, "m"), Number(iso, "d"));
        if (Serial().IsMatch(day)) return Check(SerialZero.AddDays(int.Parse(day, CultureInfo.InvariantCulture)), "serial-number");

        return Reading<DateOnly>.Unknown("unreadable");
    }

    /// <summary>A day of birth: after <paramref name="asOf"/> it is a typing error.</summary>
    public static Reading<DateOnly> ReadBirth(string? text, DateOnly asOf)
    {
        var birth = Read(text);
        return birth.IsKnown && birth.Value > asOf ? Reading<DateOnly>.Unknown("in-future") : birth;
    }

    /// <summary>A day of an exam: before the birth one of the two is wrong, nobody knows which, so the day is kept and the doubt told.</summary>
    public static Reading<DateOnly> ReadExam(string? text, Reading<DateOnly> birth)
    {
        var exam = Read(text);
        return exam.IsKnown && birth.IsKnown && exam.Value < birth.Value
            ? Reading<DateOnly>.Known(exam.Value, [.. exam.Warnings, "before-birth"])
            : exam;
    }

    private static Reading<DateOnly> ReadDayFirst(Match written)
    {
        var (first, second, year) = (Number(written, "d"), Number(written, "m"), Number(written, "y"));
        string[] warnings = [];
        if (written.Groups["y"].Length == 2)
        {
            year += year < 30 ? 2000 : 1900;
            warnings = ["two-digit-year"];
        }

        return !Exists(year, second, first) && Exists(year, first, second)
            ? Check(year, first, second, [.. warnings, "month-first"])
            : Check(year, second, first, warnings);
    }

    private static Reading<DateOnly> Check(int year, int month, int day, params string[] warnings)
    {
        if (day == 0 && month == 0) return Reading<DateOnly>.Unknown("sentinel");
        return Exists(year, month, day) ? Check(new DateOnly(year, month, day), warnings) : Reading<DateOnly>.Unknown("impossible");
    }

    private static Reading<DateOnly> Check(DateOnly day, params string[] warnings) => day switch
    {
        { Year: 1900, DayOfYear: 1 } or { Year: 9999, Month: 12, Day: 31 } => Reading<DateOnly>.Unknown("sentinel"),
        { Year: < 1900 or > 2099 } => Reading<DateOnly>.Unknown("out-of-range"),
        _ => Reading<DateOnly>.Known(day, warnings),
    };

    private static bool Exists(int year, int month, int day) =>
        year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"[ T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?$")]
    private static partial Regex TrailingTime();

    [GeneratedRegex(@"^(?<d>[0-9]{1,2})([/.\-])(?<m>[0-9]{1,2})\1(?<y>[0-9]{4}|[0-9]{2})$|^(?<d>[0-9]{2})(?<m>[0-9]{2})(?<y>[0-9]{4})$")]
    private static partial Regex DayMonthYear();

    [GeneratedRegex(@"^(?<y>[0-9]{4})([/\-])(?<m>[0-9]{1,2})\1(?<d>[0-9]{1,2})$")]
    private static partial Regex YearMonthDay();

    [GeneratedRegex("^[0-9]{5}$")]
    private static partial Regex Serial();
}
