using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Strangler.Facade.Tests;

/// <summary>A service that fails in every way, and a user who never notices.</summary>
public sealed class FallbackTests : IAsyncLifetime
{
    private const string Page = "HTTP/1.1 203 Fine Indeed\r\nX-Legacy: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 11\r\n\r\nlegacy page";
    private readonly RawServer legacy = RawServer.Saying(Page);
    private readonly TimeSpan within = TimeSpan.FromMilliseconds(500);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => legacy.DisposeAsync();

    [Theory]
    [InlineData("HTTP/1.1 500 Broken\r\nX-Service: 1\r\nSet-Cookie: wrong=1\r\nContent-Length: 3\r\n\r\nbad")]
    [InlineData("HTTP/1.1 503 Busy\r\nRetry-After: 100\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("no http at all\r\n\r\n")]
    [InlineData(null)]
    public async Task A_service_that_fails_is_never_seen(string? answer)
    {
        await using var service = new RawServer(_ => answer);
        await using var facade = await StartAsync(service.Address);

        foreach (var request in (string[])["GET /orders/1?x=%2F HTTP/1.1\r\nHost: shop\r\nAccept: a/b\r\n\r\n", "HEAD /orders HTTP/1.1\r\nHost: shop\r\n\r\n"]) await SameAsLegacyAsync(facade, request);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_before_its_first_byte_is_never_seen()
    {
        await using var service = RawServer.Saying("HTTP/1.1 200 OK\r\nX-Service: 1\r\nContent-Length: 100\r\nConnection: close\r\n\r\n");
        await using var facade = await StartAsync(service.Address);

        await SameAsLegacyAsync(facade, "GET /orders HTTP/1.1\r\nHost: shop\r\n\r\n");

        Assert.Single(service.Requests);
    }

    [Fact]
    [Transparency(82)]
    public async Task A_service_that_is_down_is_never_seen()
    {
        await using var facade = await StartAsync(FacadePageTests.FreeAddress());

        // Far beyond what opens the breaker.
        for (var i = 0; i < 40; i++) await SameAsLegacyAsync(facade, "GET /orders HTTP/1.1\r\nHost: shop\r\n\r\n");

        Assert.Equal("open", (await facade.StatusAsync()).GetProperty("services")[0].GetProperty("breaker").GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_service_that_hangs_is_waited_for_no_longer_than_told()
    {
        await using var service = await Backend.HangingAsync();
        await using var facade = await StartAsync(service.Address);
        var watch = Stopwatch.StartNew();

        await SameAsLegacyAsync(facade, "GET /orders HTTP/1.1\r\nHost: shop\r\n\r\n");

        // Timers count whole milliseconds.
        Assert.InRange(watch.Elapsed, within - TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task An_answer_that_has_begun_in_time_may_take_its_time()
    {
        var rest = new TaskCompletionSource();
        await using var service = await Backend.StartAsync(async context =>
        {
            await context.Response.WriteAsync("first ");
            await context.Response.Body.FlushAsync();
            await rest.Task;
            await context.Response.WriteAsync("second");
        });
        await using var facade = await StartAsync(service.Address);
        using var answer = await facade.Client.GetAsync("/orders", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var first = new byte[6];
        await body.ReadExactlyAsync(first, TestContext.Current.CancellationToken);

        // Twice the time in which it had to begin: the timer must not be what ends this.
        await Task.Delay(within * 2, TestContext.Current.CancellationToken);
        rest.SetResult();

        Assert.Equal("second", await new StreamReader(body).ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Empty(legacy.Requests);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_cut_and_never_completed_by_legacy()
    {
        await using var service = RawServer.Saying("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nhalf of it");
        await using var facade = await StartAsync(service.Address);

        await Assert.ThrowsAsync<HttpRequestException>(() => facade.Client.GetStringAsync("/orders", TestContext.Current.CancellationToken));

        Assert.Single(service.Requests);
        Assert.Empty(legacy.Requests);
    }

    [Fact]
    public async Task Answers_of_the_service_pass_when_they_are_no_failure()
    {
        await using var service = RawServer.Saying("HTTP/1.1 404 Not Here\r\nContent-Length: 4\r\n\r\ngone");
        await using var facade = await StartAsync(service.Address);

        var answer = await RawWire.ExchangeAsync(facade.Public, "GET /orders HTTP/1.1\r\nHost: shop\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 404 Not Here\r\n", answer);
        Assert.Empty(legacy.Requests);
    }

    [Fact]
    public async Task A_body_that_went_to_the_service_is_not_sent_again()
    {
        await using var service = RawServer.Saying("HTTP/1.1 500 Broken\r\nContent-Length: 3\r\n\r\nbad");
        await using var facade = await StartAsync(service.Address);

        var answer = await RawWire.ExchangeAsync(facade.Public, "GET /orders HTTP/1.1\r\nHost: shop\r\nContent-Length: 4\r\n\r\nbody");

        Assert.StartsWith("HTTP/1.1 500 Broken\r\n", answer);
        Assert.Single(service.Requests);
        Assert.Empty(legacy.Requests);
    }

    [Theory]
    [Transparency(82, 84)]
    [InlineData("HTTP/1.1 500 Broken\r\nContent-Length: 3\r\n\r\nbad", "HTTP/1.1 500 Broken\r\n")]
    [InlineData(null, "HTTP/1.1 502 ")]
    public async Task A_write_is_executed_once_and_its_failure_is_the_users(string? said, string status)
    {
        await using var service = new RawServer(_ => said);
        await using var facade = await RunningFacade.StartAsync(
            Tables.File("""{ "id": "orders", "match": { "path": "/orders/{**rest}" }, "service": "orders", "stage": "service" },"""),
            "--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", service.Address.ToString());

        var answer = await RawWire.ExchangeAsync(facade.Public, "POST /orders HTTP/1.1\r\nHost: shop\r\nContent-Length: 4\r\n\r\nbody");

        Assert.StartsWith(status, answer);
        Assert.Single(service.Requests);
        Assert.Empty(legacy.Requests);
    }

    [Fact]
    public async Task Fallbacks_are_counted_beside_the_requests_which_still_add_up()
    {
        await using var service = RawServer.Saying("HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n");
        await using var facade = await StartAsync(service.Address);
        var counted = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener();
        var meters = facade.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Name.StartsWith("strangler.", StringComparison.Ordinal)) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            counted.AddOrUpdate($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}", value, (_, before) => before + value));
        listener.Start();

        for (var i = 0; i < 25; i++) (await facade.Client.GetAsync("/orders", TestContext.Current.CancellationToken)).Dispose();

        await Strangler.Tests.Servers.Wait.UntilAsync(() => counted.Values.Sum() == 50, "all is counted");
        Assert.Equal(
            ["strangler.facade.fallbacks orders orders failed 20", "strangler.facade.fallbacks orders orders unavailable 5", "strangler.facade.requests orders service legacy answered 25"],
            counted.Select(pair => $"{pair.Key} {pair.Value}").Order(StringComparer.Ordinal));
    }

    private Task<RunningFacade> StartAsync(Uri service) => RunningFacade.StartAsync(
        Tables.File("""{ "id": "orders", "match": { "path": "/orders/{**rest}", "methods": ["GET", "HEAD", "OPTIONS"] }, "service": "orders", "stage": "service", "fallback": "legacy", "fallbackAfter": "00:00:00.500" },"""),
        "--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", service.ToString());

    private async Task SameAsLegacyAsync(RunningFacade facade, string request)
    {
        var through = await RawWire.ExchangeAsync(facade.Public, request);
        var direct = await RawWire.ExchangeAsync(legacy.Address, request);

        Assert.Equal(direct.Split("\r\n").Order(StringComparer.Ordinal), through.Split("\r\n").Where(line => !line.StartsWith("Date:", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(legacy.Requests.ToArray()[^1].Split("\r\n").Order(StringComparer.Ordinal), legacy.Requests.ToArray()[^2].Split("\r\n").Order(StringComparer.Ordinal));
    }
}
