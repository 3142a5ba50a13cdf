using System.Diagnostics;
using Strangler.Tests.Servers;

namespace Strangler.Cli.Tests.Commands;

/// <summary>Two facades, each a process of its own, that read one file.</summary>
public sealed class TwoFacadesTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Two_facades_of_one_file_agree_within_a_second_of_every_flip()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "stops the tool by a Unix signal");
        var folder = Directory.CreateTempSubdirectory("strangler-cli-");
        await using var legacy = await Backend.StartAsync("legacy");
        await using var service = await Backend.StartAsync("service");
        var routes = Path.Combine(folder.FullName, "routes.json");
        await File.WriteAllTextAsync(routes, $$"""
            {
              "legacy": { "address": "{{legacy.Url}}" },
              "services": { "orders": { "destinations": ["{{service.Url}}"] } },
              "routes": [
                { "id": "orders", "match": { "path": "/orders" }, "service": "orders", "stage": "legacy" },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """, TestContext.Current.CancellationToken);
        (string Url, string Admin)[] at = [(Ports.FreeUrl(), Ports.FreeUrl()), (Ports.FreeUrl(), Ports.FreeUrl())];
        await using var one = Start(0);
        await using var other = Start(1);
        await one.SaysAsync("Ctrl+C stops it.");
        await other.SaysAsync("Ctrl+C stops it.");
        using var user = new HttpClient();

        var apart = new List<TimeSpan>();
        for (var flip = 0; flip < 6; flip++)
        {
            var owner = flip % 2 == 0 ? "service" : "legacy";
            Assert.Equal(0, (await ToolRun.Of("flip", "orders", "--to", owner, "--why", "x", "--admin", at[0].Admin)).Code);
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(owner, await user.GetStringAsync(new Uri(new(at[0].Url), "/orders"), TestContext.Current.CancellationToken));
            await Wait.UntilAsync(async () => await user.GetStringAsync(new Uri(new(at[1].Url), "/orders")) == owner, "the other facade follows", TimeSpan.FromSeconds(10));
            apart.Add(Stopwatch.GetElapsedTime(began));
        }

        TestContext.Current.SendDiagnosticMessage("apart: {0}", string.Join(", ", apart.Select(time => $"{time.TotalMilliseconds:0} ms")));
        // A machine that is busy may be late once; the facades look at the file four times a second and at every event of the file system.
        Assert.True(apart.Order().ElementAt(apart.Count / 2) <= Second, string.Join(", ", apart));
        folder.Delete(recursive: true);

        ToolProcess Start(int number) => ToolProcess.Start(
            folder.FullName, new Dictionary<string, string>(), "serve", "--routes", routes, "--urls", at[number].Url, "--admin", at[number].Admin, "--state", Path.Combine(folder.FullName, $"state-{number}"));
    }
}
