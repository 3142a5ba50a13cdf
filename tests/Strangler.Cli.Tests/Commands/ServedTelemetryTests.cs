using Strangler.Tests.Servers;

namespace Strangler.Cli.Tests.Commands;

/// <summary>A served facade tells a collector what it does, when the environment names one.</summary>
public sealed class ServedTelemetryTests
{
    [Fact]
    public async Task Counters_and_traces_reach_the_collector_that_the_environment_names()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "stops the tool by a Unix signal");
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736", Parent = "00f067aa0ba902b7";
        var folder = Directory.CreateTempSubdirectory("strangler-cli-");
        await using var collector = await Collector.StartAsync();
        await using var legacy = await Backend.StartAsync("legacy");
        var (url, admin) = (Ports.FreeUrl(), Ports.FreeUrl());
        var environment = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_SERVICE_NAME"] = "shop",
        };
        await using (var facade = ToolProcess.Start(folder.FullName, environment, "serve", "--legacy", legacy.Url, "--urls", url, "--admin", admin))
        {
            await facade.SaysAsync("Ctrl+C stops it.");
            using var user = new HttpClient { BaseAddress = new Uri(url), DefaultRequestHeaders = { { "traceparent", $"00-{Trace}-{Parent}-01" } } };
            for (var i = 0; i < 3; i++) Assert.Equal("legacy", await user.GetStringAsync($"/people/{i}", TestContext.Current.CancellationToken));

            // What was not sent yet is sent at the end.
            await facade.InterruptAsync();
            Assert.Equal(0, (await facade.EndAsync()).Code);
        }

        Assert.Equal([KeyValuePair.Create("outcome=answered owner=legacy route=everything-else stage=legacy", 3L)], collector.Counter("strangler.facade.requests"));
        Assert.Equal(["shop"], collector.Services);
        Assert.Equal(Enumerable.Repeat((Trace, Parent, "GET everything-else"), 3), collector.Spans);
        folder.Delete(recursive: true);
    }
}
