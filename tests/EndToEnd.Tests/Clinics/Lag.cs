using System.Text.Json;
using Strangler.Tests.Servers;

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

    /// <summary>Waits until the rows that exist are published: seconds, on a machine that has nothing else to do.</summary>
    public static Task UntilBackfilledAsync(RunningClinic clinic) =>
        Wait.UntilAsync(async () => (await OfAsync(clinic)).BackfillComplete, "the rows that exist are published", TimeSpan.FromMinutes(2));
}
