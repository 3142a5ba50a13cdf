using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Strangler.Identity;
using Strangler.Tests.Servers;

namespace Strangler.Facade.Tests;

public sealed class FacadeMetricsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    [Transparency(94)]
    public async Task Every_request_is_counted_once_by_route_stage_owner_and_outcome()
    {
        await using var legacy = await Backend.SayingAsync("legacy");
        await using var facade = await RunningFacade.StartAsync(
            Tables.File("""{ "id": "orders", "match": { "path": "/orders" }, "service": "orders", "stage": "service" },"""),
            "--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", FacadePageTests.FreeAddress().ToString());
        using var counted = new CountedRequests(facade);

        foreach (var path in new[] { "/", "/people", "/orders", "/systemweb-adapters/session" }) (await facade.Client.GetAsync(path)).Dispose();

        await Wait.UntilAsync(() => counted.Sum == 4, "all four requests are counted");
        Assert.Equal(
            [
                "route=everything-else stage=legacy owner=legacy outcome=answered 2",
                "route=everything-else stage=legacy owner=legacy outcome=refused 1",
                "route=orders stage=service owner=orders outcome=unreachable 1",
            ],
            counted.Lines);
    }

    [Fact]
    [Transparency(94)]
    public async Task Counts_and_durations_add_up_to_the_requests_whatever_comes_of_them()
    {
        using var keys = new TempFolder();
        await using var legacy = await Backend.StartAsync(async context =>
        {
            if (context.WebSockets.IsWebSocketRequest)
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", context.RequestAborted);
            }
            else if (context.Request.Path == "/hangs" || context.Request.Path == "/systemweb-adapters/authenticate")
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            }
            else
            {
                await context.Response.WriteAsync("legacy");
            }
        });
        await using var service = await Backend.SayingAsync("service");
        await using var facade = await RunningFacade.StartAsync(
            Tables.File("""
                { "id": "shadow", "match": { "path": "/shadow" }, "service": "orders", "stage": "shadow" },
                { "id": "canary", "match": { "path": "/canary", "methods": ["GET"] }, "service": "orders", "stage": "canary", "canary": { "share": 50 } },
                { "id": "service", "match": { "path": "/service" }, "service": "orders", "stage": "service" },
                { "id": "private", "match": { "path": "/private" }, "service": "orders", "identity": "required", "stage": "service" },
                { "id": "private-canary", "match": { "path": "/canary/private", "methods": ["GET"] }, "service": "orders", "identity": "required", "stage": "canary", "canary": { "share": 50 } },
                { "id": "fallback", "match": { "path": "/fallback", "methods": ["GET"] }, "service": "people", "stage": "service", "fallback": "legacy" },
                { "id": "dead", "match": { "path": "/dead" }, "service": "people", "stage": "service" },
                """),
            "--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", service.Address.ToString(), "--Facade:Addresses:people", FacadePageTests.FreeAddress().ToString(),
            "--Facade:RemoteAuthenticationKey", Guid.NewGuid().ToString(), "--Identity:PrivateKey", IdentityKeys.CreateFiles(keys.Path).PrivateKey);
        using var counted = new CountedRequests(facade);
        using var durations = new CountedRequests(facade, "strangler.facade.request.duration");

        for (var i = 0; i < 10; i++) (await facade.Client.GetAsync("/canary")).Dispose();
        foreach (var path in new[] { "/shadow", "/service", "/fallback", "/dead", "/x", "/systemweb-adapters/session" }) (await facade.Client.GetAsync(path)).Dispose();
        foreach (var path in new[] { "/hangs", "/private", "/canary/private" }) await LeaveAsync(facade.Public, path);
        using (var socket = new ClientWebSocket())
        {
            await socket.ConnectAsync(new UriBuilder(facade.Public) { Scheme = "ws", Path = "/ws" }.Uri, TestContext.Current.CancellationToken);
            await socket.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", TestContext.Current.CancellationToken);
        }

        await Wait.UntilAsync(() => counted.Sum >= 20 && durations.Sum >= 20, $"all twenty requests are counted: {string.Join("; ", counted.Lines)}", Limit);
        var canary = counted.Lines.Where(line => line.StartsWith("route=canary ", StringComparison.Ordinal)).ToList();
        Assert.Equal(10, canary.Sum(line => int.Parse(line.Split(' ')[^1], null)));
        Assert.Equal(
            [
                "route=dead stage=service owner=people outcome=unreachable 1",
                "route=everything-else stage=legacy owner=legacy outcome=answered 2",
                "route=everything-else stage=legacy owner=legacy outcome=client_gone 1",
                "route=everything-else stage=legacy owner=legacy outcome=refused 1",
                "route=fallback stage=service owner=legacy outcome=answered 1",
                "route=private stage=service owner=orders outcome=client_gone 1",
                "route=private-canary stage=canary owner=orders outcome=client_gone 1",
                "route=service stage=service owner=orders outcome=answered 1",
                "route=shadow stage=shadow owner=legacy outcome=answered 1",
            ],
            counted.Lines.Except(canary));
        Assert.Equal(counted.Lines, durations.Lines);
        Assert.Equal(20, counted.Sum);
    }

    private static async Task LeaveAsync(Uri facade, string path)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(facade.Host, facade.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: shop\r\n\r\n"));
    }
}
