using System.Text.Json;
using Strangler.Facade;

namespace Strangler.Cli.Admin;

/// <summary>The admin listener of a facade.</summary>
internal sealed class FacadeAdmin(Uri address, string? token) : IDisposable
{
    private readonly JsonApi api = new("The facade", address, "Start it, or say where its admin listener is: --admin URL.", token);

    public Uri Address => address;

    /// <summary>What is in force, of one route: the others may be thousands.</summary>
    public Task<FacadeStatus> StatusAsync(string route, CancellationToken cancellation) => api.GetAsync<FacadeStatus>(Status([route], null), cancellation);

    /// <summary>The status as it came, for --json: nothing that a newer facade says is lost.</summary>
    /// <param name="routes">The routes; empty for all.</param>
    /// <param name="stage">The stage that routes must have; null for any.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<(JsonElement Raw, FacadeStatus Status)> RawStatusAsync(IReadOnlyList<string> routes, string? stage, CancellationToken cancellation)
    {
        var raw = await api.GetAsync<JsonElement>(Status(routes, stage), cancellation);
        return (raw, api.Read<FacadeStatus>(raw));
    }

    public Task<JsonElement> ExplainAsync(string method, string url, Caller caller, CancellationToken cancellation)
    {
        var user = caller.User is { } name ? $"&user={Uri.EscapeDataString(name)}" : "";
        var cookie = caller.Cookies is { } header ? $"&cookie={Uri.EscapeDataString(header)}" : "";
        var headers = string.Concat((caller.More ?? []).Select(header => $"&header={Uri.EscapeDataString($"{header.Key}: {header.Value}")}"));
        return api.GetAsync<JsonElement>($"/explain?method={Uri.EscapeDataString(method)}&url={Uri.EscapeDataString(url)}{user}{cookie}{headers}", cancellation);
    }

    /// <summary>What the gates of a live route say, as it came and as read.</summary>
    public async Task<(JsonElement Raw, GateReport Report)> GatesAsync(string route, CancellationToken cancellation)
    {
        var raw = await api.GetAsync<JsonElement>($"/gates?route={Uri.EscapeDataString(route)}", cancellation);
        return (raw, api.Read<GateReport>(raw));
    }

    /// <summary>The entries, the oldest first; of all routes when <paramref name="route"/> is null.</summary>
    public async Task<IReadOnlyList<HistoryEntry>> HistoryAsync(string? route, CancellationToken cancellation) =>
        await api.GetAsync<HistoryEntry[]>($"/history{(route is null ? "" : $"?route={Uri.EscapeDataString(route)}")}", cancellation);

    /// <summary>What stage shadow found on a route; also as it came, for --json.</summary>
    public async Task<(JsonElement Raw, Mismatches Found)> MismatchesAsync(string route, CancellationToken cancellation)
    {
        var raw = await api.GetAsync<JsonElement>($"/mismatches?route={Uri.EscapeDataString(route)}", cancellation);
        return (raw, api.Read<Mismatches>(raw));
    }

    /// <summary>Has the facade send the request of a sample again.</summary>
    public async Task<(JsonElement Raw, RepeatedMismatch Repeated)> RepeatMismatchAsync(string route, string sample, Dictionary<string, string> headers, CancellationToken cancellation)
    {
        var raw = await api.PostAsync<JsonElement>("/mismatches/repeat", new { Route = route, Id = sample, Headers = headers }, cancellation);
        return (raw, api.Read<RepeatedMismatch>(raw));
    }

    /// <summary>Says who is about to write the file with that hash, and why.</summary>
    public Task AnnounceAsync(string hash, string who, string why, CancellationToken cancellation) =>
        api.PostAsync("/announcements", new { Hash = hash, Who = who, Why = why }, cancellation);

    public void Dispose() => api.Dispose();

    private static string Status(IReadOnlyList<string> routes, string? stage) =>
        $"/status?{string.Join('&', [.. routes.Select(route => $"route={Uri.EscapeDataString(route)}"), .. stage is null ? (string[])[] : [$"stage={stage}"]])}";
}
