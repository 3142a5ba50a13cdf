using System.Collections.Concurrent;
using System.Diagnostics;

namespace Strangler.Facade.Tests;

public sealed class TraceTests : IDisposable
{
    private readonly string trace = ActivityTraceId.CreateRandom().ToString();
    private readonly ConcurrentQueue<Activity> ended = new();
    private readonly ActivityListener listener;

    public TraceTests()
    {
        // The facades of other tests run beside; theirs are other traces.
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Strangler.Facade",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.TraceId.ToString() == trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = ended.Enqueue,
        };
    }

    private string Client => $"00-{trace}-00f067aa0ba902b7-01";

    public void Dispose() => listener.Dispose();

    [Theory]
    [Transparency(25)]
    [InlineData(Place.InLegacy)]
    [InlineData(Place.InService)]
    public async Task A_trace_goes_from_the_client_through_the_facade_to_an_owner_that_wants_it(Place place)
    {
        ActivitySource.AddActivityListener(listener);
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await RunningFacade.AtAsync(place, owner.Address, Tables.At(place, owner: ", \"trace\": true"));

        await AskAsync(facade, "GET /people/17?name=Maria HTTP/1.1");

        await Strangler.Tests.Servers.Wait.UntilAsync(() => ended.Count == 1, "the facade's part has ended");
        var part = Assert.Single(ended);
        Assert.Equal((trace, "00f067aa0ba902b7", ActivityKind.Server, "a=b"), (part.TraceId.ToString(), part.ParentSpanId.ToString(), part.Kind, part.TraceStateString));
        Assert.Equal("GET moving", part.DisplayName);
        Assert.Equal(
            ["http.request.method=GET", "http.response.status_code=200", "strangler.outcome=answered", $"strangler.owner={(place.IsAtService() ? "orders" : "legacy")}", "strangler.route=moving", $"strangler.stage={place.Stage().Word()}"],
            part.TagObjects.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal));
        var request = Assert.Single(owner.Requests);
        Assert.Equal([$"traceparent: 00-{trace}-{part.SpanId}-01", "tracestate: a=b"], RawWire.Headers(request).Where(header => header.StartsWith("trace", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    [Transparency(25)]
    public async Task By_default_an_owner_gets_the_trace_headers_as_the_client_sent_them()
    {
        ActivitySource.AddActivityListener(listener);
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await RunningFacade.InFrontOfAsync(owner.Address);

        await AskAsync(facade, "GET /x HTTP/1.1");
        await RawWire.ExchangeAsync(facade.Public, "GET /untraced HTTP/1.1\r\nHost: shop\r\n\r\n");

        Assert.Contains($"traceparent: {Client}\r\n", owner.Requests.First(), StringComparison.Ordinal);
        Assert.DoesNotContain("traceparent", owner.Requests.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_facade_takes_no_part_in_traces_the_client_s_own_goes_on()
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await RunningFacade.AtAsync(Place.InLegacy, owner.Address, Tables.At(Place.InLegacy, owner: ", \"trace\": true"));

        await AskAsync(facade, "GET /x HTTP/1.1");

        Assert.Contains($"traceparent: {Client}\r\n", Assert.Single(owner.Requests), StringComparison.Ordinal);
    }

    private Task<string> AskAsync(RunningFacade facade, string line) => RawWire.ExchangeAsync(facade.Public, $"{line}\r\nHost: shop\r\ntraceparent: {Client}\r\ntracestate: a=b\r\n\r\n");
}
