using System.Globalization;
using System.Text.Json;

namespace Strangler.Bench;

/// <summary>The figures, for people and for machines.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static void Print(BenchResult result, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"== {result.Name}");
        foreach (var line in result.Setup) output.WriteLine($"   {line}");
        output.WriteLine();
        var metrics = result.Series.Select(series => series.Metric).Distinct().ToList();
        PrintTable(output, ["median (min..max)", .. metrics], result.Series.GroupBy(series => series.Contestant).Select(row =>
            (string[])[row.Key, .. metrics.Select(metric => Text(row.FirstOrDefault(series => series.Metric == metric)?.Spread))]));
        output.WriteLine();
        PrintTable(output, ["in one round", "metric", "median (min..max)", "bar"], result.Ratios.Select(ratio =>
            (string[])[ratio.Name, ratio.Metric, Text(ratio.Spread), ratio switch
            {
                { Bar: { } bar, Met: true } => $"{bar} met",
                { Bar: { } bar } => $"{bar} NOT MET",
                _ => "",
            }]));
    }

    public static async Task WriteJsonAsync(FileInfo file, Machine machine, IReadOnlyList<BenchResult> results, CancellationToken cancellation)
    {
        await using var stream = file.Create();
        await JsonSerializer.SerializeAsync(stream, new { MeasuredAt = TimeProvider.System.GetUtcNow(), Machine = machine, Results = results }, Json, cancellation);
    }

    public static string Number(double value) => value.ToString(
        Math.Abs(value) switch { >= 1000 => "#,0", >= 100 => "0", >= 10 => "0.0", _ => "0.00" }, CultureInfo.InvariantCulture);

    private static string Text(Spread? spread) =>
        spread is { } value ? $"{Number(value.Median)} ({Number(value.Min)}..{Number(value.Max)})" : "";

    private static void PrintTable(TextWriter output, string[] head, IEnumerable<string[]> rows)
    {
        string[][] all = [head, .. rows];
        var widths = head.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        foreach (var row in all)
        {
            output.WriteLine("   " + string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]))));
        }
    }
}
