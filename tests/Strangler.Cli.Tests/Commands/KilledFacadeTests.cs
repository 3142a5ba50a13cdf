using System.Text.Json;
using Strangler.Tests.Servers;

namespace Strangler.Cli.Tests.Commands;

/// <summary>A facade that is killed, not stopped, goes on where it was: nothing is kept for the end only.</summary>
public sealed class KilledFacadeTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> NoEnvironment = [];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("strangler-cli-");
    private readonly HttpClient user = new(new SocketsHttpHandler { UseCookies = false });
    private readonly string url = Ports.FreeUrl();
    private readonly string admin = Ports.FreeUrl();
    private Backend legacy = null!;
    private FakeAdmin failing = null!;

    private string Routes => Path.Combine(folder.FullName, "routes.json");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "kills the tool by a Unix signal");
        legacy = await Backend.StartAsync("legacy");
        failing = await FakeAdmin.StartAsync(context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        await File.WriteAllTextAsync(Routes, $$"""
            {
              "legacy": { "address": "{{legacy.Url}}" },
              "services": {
                "good": { "destinations": ["{{legacy.Url}}"] },
                "failing": { "destinations": ["{{failing.Url}}"], "breaker": { "minimum": 5, "pause": "01:00:00" } }
              },
              "routes": [
                { "id": "shadowed", "match": { "path": "/shadowed" }, "service": "good", "stage": "shadow" },
                { "id": "shared", "match": { "path": "/shared", "methods": ["GET"] }, "service": "good", "stage": "legacy", "canary": { "share": 5 } },
                { "id": "broken", "match": { "path": "/broken" }, "service": "failing", "stage": "legacy" },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """);
    }

    [Fact]
    public async Task Stages_breakers_findings_and_counts_of_gates_survive_a_kill()
    {
        await using (var facade = await StartAsync())
        {
            foreach (var flip in new[] { "broken --to service", "shared --to canary --share 40" })
                Assert.Equal(0, (await ToolRun.Of(["flip", .. flip.Split(' '), "--why", "x", "--admin", admin])).Code);
            for (var i = 0; i < 20; i++) await AskAsync("/shared");
            for (var i = 0; i < 6; i++) await AskAsync("/broken");
            for (var i = 0; i < 3; i++) await AskAsync("/shadowed");
            await Wait.UntilAsync(() => Kept("breakers").Contains("failing", StringComparison.Ordinal), "the open breaker is kept", Limit);
            await Wait.UntilAsync(() => Counted(Kept("measures"), "requests") == 20, "what the gates counted is kept", Limit);
            await Wait.UntilAsync(() => Kept("shadow").Contains("\"equal\":3", StringComparison.Ordinal), "what stage shadow found is kept", Limit);
            await facade.SignalAsync("KILL");
            await facade.EndAsync();
        }

        await using var again = await StartAsync();

        var status = (await ToolRun.Of("status", "--json", "--admin", admin)).Json;
        Assert.Equal(3, status.GetProperty("revision").GetInt64());
        var stages = status.GetProperty("routes").EnumerateArray().Select(route => $"{route.GetProperty("id").GetString()} {route.GetProperty("stage").GetString()} {route.GetProperty("share")}");
        Assert.Equal(["shadowed shadow ", "shared canary 40", "broken service ", "everything-else legacy "], stages);
        var failing = status.GetProperty("services").EnumerateArray().Single(service => service.GetProperty("name").GetString() == "failing");
        Assert.Equal("open", failing.GetProperty("breaker").GetProperty("state").GetString());
        var gates = (await ToolRun.Of("gates", "shared", "--json", "--admin", admin)).Output;
        Assert.Contains("of 200", gates, StringComparison.Ordinal);
        Assert.Equal(20, Counted(Kept("measures"), "requests"));
        var found = (await ToolRun.Of("mismatches", "shadowed", "--json", "--admin", admin)).Json;
        Assert.Equal((3, 3), (found.GetProperty("counts").GetProperty("seen").GetInt64(), found.GetProperty("counts").GetProperty("equal").GetInt64()));
    }

    public async ValueTask DisposeAsync()
    {
        user.Dispose();
        if (legacy is not null) await legacy.DisposeAsync();
        if (failing is not null) await failing.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private async Task<ToolProcess> StartAsync()
    {
        var facade = ToolProcess.Start(folder.FullName, NoEnvironment, "serve", "--routes", Routes, "--urls", url, "--admin", admin);
        await facade.SaysAsync("Ctrl+C stops it.");
        return facade;
    }

    private async Task AskAsync(string path) => (await user.GetAsync(new Uri(new(url), path))).Dispose();

    private string Kept(string name)
    {
        var file = Path.Combine(folder.FullName, ".strangler", $"{name}.json");
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }

    /// <summary>The sum of all numbers with that name.</summary>
    private static long Counted(string json, string name)
    {
        if (json.Length == 0) return 0;
        return Sum(JsonDocument.Parse(json).RootElement);

        long Sum(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().Sum(member => member.Name == name && member.Value.ValueKind == JsonValueKind.Number ? member.Value.GetInt64() : Sum(member.Value)),
            JsonValueKind.Array => element.EnumerateArray().Sum(Sum),
            _ => 0,
        };
    }
}
