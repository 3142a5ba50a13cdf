namespace Clinic.AntiCorruption.Readings;

/// <summary>How a code that nobody explained is shown to the operator: whole when it is as short as codes are; a longer text may be somebody's name and is not shown.</summary>
internal static class UnknownCode
{
    private const int LongestCode = 3;

    public static string Show(string code) => code.Length <= LongestCode ? $"'{code}'" : $"a text of {code.Length} characters";
}
