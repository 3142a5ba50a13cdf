using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Strangler.Faults.Plants;

namespace Strangler.Faults.Runs;

/// <summary>What a run found, for people and for machines.</summary>
internal sealed record Report(PlantKind? Plant, double Seconds, int Kills, IReadOnlyDictionary<string, int> Faults, IReadOnlyList<SeedResult> Seeds)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public int Violations => Seeds.Sum(seed => seed.Violations.Count);

    public long Rows => Seeds.Sum(seed => seed.Rows);

    public long Effects => Seeds.Sum(seed => seed.Effects);

    /// <summary>The longest time that consumers needed after the last write of a scenario, with everything healed.</summary>
    public double SlowestDrainSeconds => Seeds.Select(seed => seed.DrainSeconds).DefaultIfEmpty().Max();

    public async Task PrintAsync(TextWriter output)
    {
        await output.WriteLineAsync();
        foreach (var (fault, count) in Faults.OrderByDescending(fault => fault.Value)) await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {fault,-30} {count,7:#,0}"));
        await output.WriteLineAsync();
        foreach (var (what, figure) in (IEnumerable<(string, string)>)
        [
            ("seeds", Number(Seeds.Count)), ("kills", Number(Kills)), ("faults, kills included", Number(Faults.Values.Sum())),
            ("rows committed", Number(Rows)), ("effects on two consumers", Number(Effects)), ("seconds", Number((long)Seconds)),
            ("slowest drain, seconds", SlowestDrainSeconds.ToString("0.0", CultureInfo.InvariantCulture)), ("slots the server cannot read", Number(Seeds.Sum(static seed => seed.UnreadableSlots))), ("violations", Number(Violations)),
        ])
        {
            await output.WriteLineAsync($"  {what,-30} {figure,7}");
        }
    }

    public async Task WriteAsync(FileInfo file)
    {
        await using var stream = file.Create();
        await JsonSerializer.SerializeAsync(stream, this, Json);
    }

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
