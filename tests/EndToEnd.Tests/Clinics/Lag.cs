using System.Text.Json;

namespace EndToEnd.Tests.Clinics;

/// <summary>What the anti-corruption layer says of itself.</summary>
/// <param name="BackfillComplete">True when the rows that existed are published and the changes are followed.</param>
/// <param name="Whole">The whole answer of GET /lag.</param>
public sealed record Lag(bool BackfillComplete, JsonElement Whole)
{
    public static async Task<Lag> OfAsync(RunningClinic clinic)
    {
        using var client = new HttpClient();
        var whole = JsonDocument.Parse(await client.GetStringAsync(new Uri(clinic.AntiCorruption, "/lag"))).RootElement;
        return new(whole.GetProperty("phase").GetString() == "streaming", whole);
    }
}
