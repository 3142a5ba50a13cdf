using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>An anti-corruption layer as a host runs it, on a port of its own.</summary>
public sealed class TestLayer : IAsyncDisposable
{
    private readonly WebApplication host;
    private readonly HttpClient client;

    private TestLayer(WebApplication host)
    {
        this.host = host;
        client = new() { BaseAddress = new(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
    }

    public PersonTranslator Persons => host.Services.GetServices<ITranslator>().OfType<PersonTranslator>().Single();

    public ContractTranslator Contracts => host.Services.GetServices<ITranslator>().OfType<ContractTranslator>().Single();

    public IMeterFactory Meters => host.Services.GetRequiredService<IMeterFactory>();

    public Uri Address => client.BaseAddress!;

    public static Task<TestLayer> StartAsync(
        string source, string store, IMedium medium, IChangeFeed? feed = null, TestLog? log = null, params (string Key, string Value)[] settings) =>
        StartAsync(source, store, medium, feed, log, static layer => layer.AddTranslator<PersonTranslator>().AddTranslator<ContractTranslator>(), settings);

    public static async Task<TestLayer> StartAsync(
        string source, string store, IMedium medium, IChangeFeed? feed, TestLog? log, Action<AntiCorruptionBuilder> translators, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        if (log is not null) builder.Logging.AddProvider(log);
        builder.Configuration.AddInMemoryCollection(
        [
            new("ConnectionStrings:Source", source),
            new("ConnectionStrings:Store", store),
            new("AntiCorruption:PollInterval", "00:00:00.005"),
            new("AntiCorruption:HeartbeatInterval", "00:00:00.500"),
            new("AntiCorruption:CheckpointInterval", "00:00:00.020"),
            new("AntiCorruption:MaxRetryDelay", "00:00:00.500"),
            .. settings.Select(static setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)),
        ]);
        if (feed is not null) builder.Services.AddSingleton(feed);
        builder.Services.AddSingleton(medium);
        translators(builder.Services.AddAntiCorruption(builder.Configuration));
        var host = builder.Build();
        host.MapAntiCorruption();
        await host.StartAsync();
        return new(host);
    }

    public Task<JsonElement> LagAsync() => client.GetFromJsonAsync<JsonElement>("/lag");

    public async Task<(int Status, JsonElement Body)> GetAsync(string path) => await AnswerAsync(await client.GetAsync(path));

    public async Task<(int Status, JsonElement Body)> PostAsync(string path, object body) => await AnswerAsync(await client.PostAsJsonAsync(path, body));

    /// <summary>Counts as <c>in published skipped quarantined</c>, after every one of <paramref name="changes"/> changes of the translator is accounted for.</summary>
    public async Task<string> CountsAsync(string translator, int changes)
    {
        JsonElement found = default;
        await Wait.UntilAsync(
            async () =>
            {
                found = (await LagAsync()).GetProperty("translators").EnumerateArray().Single(one => one.GetProperty("name").GetString() == translator);
                return found.GetProperty("in").GetInt32() >= changes;
            },
            $"{changes} changes are accounted for; {found}");
        Assert.True(found.GetProperty("balanced").GetBoolean());
        return $"{found.GetProperty("in")} {found.GetProperty("published")} {found.GetProperty("skipped")} {found.GetProperty("quarantined")}";
    }

    public Task UntilAsync(string phase) =>
        Wait.UntilAsync(async () => (await LagAsync()).GetProperty("phase").GetString() == phase, $"the layer is {phase}");

    public async Task<JsonElement> BackfillAsync(string table) =>
        (await GetAsync("/backfill")).Body.EnumerateArray().SingleOrDefault(one => one.GetProperty("table").GetString() == table);

    /// <summary>Waits until the backfill of a table is as wanted.</summary>
    public async Task UntilAsync(string table, Func<JsonElement, bool> holds)
    {
        await Wait.UntilAsync(async () => await BackfillAsync(table) is { ValueKind: JsonValueKind.Object } found && holds(found), $"the backfill of {table} is as wanted");
    }

    /// <summary>
    /// Waits until everything that is in the source now is safe, and no backfill runs. Not until nothing is behind: other tests write to the same server, so that it
    /// may never be so when somebody looks.
    /// </summary>
    public async Task UntilCaughtUpAsync()
    {
        var (source, head) = ("", 0UL);
        await Wait.UntilAsync(
            async () =>
            {
                var lag = await LagAsync();
                if (lag.GetProperty("phase").GetString() != "streaming" || lag.GetProperty("head").ValueKind == JsonValueKind.Null) return false;
                // Another capture may count from anywhere.
                if (lag.GetProperty("source").GetString() is { } captured && captured != source) (source, head) = (captured, lag.GetProperty("head").GetUInt64());
                if (lag.GetProperty("checkpoint").GetUInt64() < head) return false;
                // One that a truncate begins is known before the checkpoint is past it, and runs a moment later.
                return (await GetAsync("/backfill")).Body.EnumerateArray().All(static table => table.GetProperty("state").GetString() is not ("beginning" or "running" or "sweeping"));
            },
            "the layer has caught up");
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await host.StopAsync(limit.Token);
        await host.DisposeAsync();
    }

    private static async Task<(int, JsonElement)> AnswerAsync(HttpResponseMessage response)
    {
        using (response) return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }
}
