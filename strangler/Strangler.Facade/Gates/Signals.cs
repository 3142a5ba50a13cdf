using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Hosting;

namespace Strangler.Facade;

/// <summary>Asks for the numbers that routes have as gates, every two seconds, apart from all traffic. Each is asked by itself: one that hangs delays no other.</summary>
internal sealed class Signals(LiveOwnership ownership, TimeProvider clock) : BackgroundService
{
    private const int MostBytes = 1024 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // How soon a changed file is noticed.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private readonly ConcurrentDictionary<GateSignal, SignalReading> readings = new();
    private readonly Dictionary<GateSignal, (long Began, Task Running)> asked = [];
    private readonly HttpClient client = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = Interval })
    {
        Timeout = Interval,
        MaxResponseContentBufferSize = MostBytes,
    };

    /// <summary>What a signal said last; null when it was not asked yet.</summary>
    public SignalReading? Of(GateSignal signal) => readings.GetValueOrDefault(signal);

    public override void Dispose()
    {
        base.Dispose();
        client.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Begin(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(this.asked.Values.Select(asked => asked.Running));
        }
    }

    private void Begin(CancellationToken stopping)
    {
        var live = ownership.Current.Signals;
        foreach (var gone in asked.Keys.Where(signal => !live.Contains(signal) && asked[signal].Running.IsCompleted).ToList())
        {
            asked.Remove(gone);
            readings.TryRemove(gone, out _);
        }

        foreach (var signal in live)
        {
            if (asked.TryGetValue(signal, out var last) && (!last.Running.IsCompleted || clock.GetElapsedTime(last.Began) < Interval)) continue;
            asked[signal] = (clock.GetTimestamp(), AskAsync(signal, stopping));
        }
    }

    private async Task AskAsync(GateSignal signal, CancellationToken stopping)
    {
        var (value, problem) = await ReadAsync(signal, stopping);
        if (stopping.IsCancellationRequested) return;
        var (now, before) = (clock.GetUtcNow(), Of(signal)?.OverSince);
        // While nobody answers, what was over its limit is not taken to be well.
        readings[signal] = new SignalReading(now, value, problem, value is null ? before : value > signal.Most ? before ?? now : null);
    }

    private async Task<(decimal? Value, string? Problem)> ReadAsync(GateSignal signal, CancellationToken stopping)
    {
        try
        {
            using var answer = await client.GetAsync(signal.Url, stopping);
            if (!answer.IsSuccessStatusCode) return (null, $"{signal.Url} answers {(int)answer.StatusCode}");
            return NumberOf(await answer.Content.ReadAsByteArrayAsync(stopping), signal.Value) is { } number ? (number, null) : (null, $"{signal.Url} has no number '{signal.Value}'");
        }
        catch (OperationCanceledException)
        {
            return (null, $"{signal.Url} does not answer in time");
        }
        catch (HttpRequestException cause)
        {
            return (null, $"{signal.Url} cannot be asked: {cause.Message}");
        }
    }

    /// <summary>The number at a place of a JSON document; null when there is none.</summary>
    internal static decimal? NumberOf(byte[] document, string path)
    {
        try
        {
            using var parsed = JsonDocument.Parse(document);
            return NumberOf(parsed.RootElement, path);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static decimal? NumberOf(JsonElement json, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json)) return null;
        }

        return json.ValueKind == JsonValueKind.Number && decimal.TryParse(json.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
