using System.Reflection;
using System.Text.RegularExpressions;

namespace Strangler.Facade.Tests;

/// <summary>Which test shows which line of the transparency list, read from the tests themselves; and what the reference page says of it.</summary>
internal static partial class TransparencyMap
{
    /// <summary>Every line of the page's table: number, what holds, and the tests or the part that it names.</summary>
    public static IReadOnlyList<(int Number, string Holds, string Tests)> Page { get; } = [.. Row().Matches(File.ReadAllText(PageFile()))
        .Select(row => (int.Parse(row.Groups["number"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture), row.Groups["holds"].Value, row.Groups["tests"].Value))];

    /// <summary>The names of the tests that bear a line's number, <c>Class.Method</c>, sorted.</summary>
    public static ILookup<int, string> Tests { get; } = (
        from type in typeof(TransparencyMap).Assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        from number in method.GetCustomAttribute<TransparencyAttribute>()?.Lines ?? []
        select (Number: number, Name: $"{type.Name}.{method.Name}"))
        .OrderBy(shown => shown.Name, StringComparer.Ordinal)
        .ToLookup(shown => shown.Number, shown => shown.Name);

    private static string PageFile()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Clinic.sln"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "strangler", "Strangler.Facade", "TRANSPARENCY.md");
    }

    [GeneratedRegex(@"^\| (?<number>\d+) \| (?<holds>[^|]+) \| (?<tests>[^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
