using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Strangler.Identity;

namespace Strangler.Facade.Tests;

/// <summary>On a route with identity a copy is the same user's, and no user waits for that.</summary>
public sealed class ShadowIdentityTests : IAsyncLifetime
{
    private const string Key = "6f9619ff-8b86-d011-b42d-00c04fc964ff";
    private readonly string keys = Directory.CreateTempSubdirectory("keys-").FullName;
    private readonly ConcurrentQueue<string> order = new();
    private readonly TaskCompletionSource userHasAnswer = new();
    private readonly RawServer service = RawServer.Saying(RawServer.Ok());
    private Backend legacy = null!;
    private RunningFacade facade = null!;

    public async ValueTask InitializeAsync()
    {
        legacy = await Backend.StartAsync(LegacyAsync);
        facade = await RunningFacade.StartAsync(
            ShadowRun.Routes("shadow", """{ "noise": 0 }""", "required"),
            "--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", service.Address.ToString(), "--Facade:Shadow:Timeout", "00:00:05",
            "--Facade:RemoteAuthenticationKey", Key, "--Identity:PrivateKey", IdentityKeys.CreateFiles(keys).PrivateKey);
    }

    public async ValueTask DisposeAsync()
    {
        await facade.DisposeAsync();
        await legacy.DisposeAsync();
        await service.DisposeAsync();
        Directory.Delete(keys, recursive: true);
    }

    [Fact]
    public async Task The_copy_carries_the_users_signed_identity_and_legacy_is_asked_after_the_answer()
    {
        await RawWire.ExchangeAsync(facade.Public, "GET /orders/7 HTTP/1.1\r\nHost: shop\r\nCookie: session=ana\r\nX-Strangler-Identity: forged\r\n\r\n");
        order.Enqueue("user has the answer");
        userHasAnswer.SetResult();
        await SettledAsync(counts => counts.Compared == 1);

        Assert.Equal(["page", "user has the answer", "asked"], order);
        var copy = Assert.Single(service.Requests);
        Assert.DoesNotContain("Cookie", copy);
        var token = Assert.Single(RawWire.Headers(copy), header => header.StartsWith("X-Strangler-Identity", StringComparison.Ordinal)).Split(": ")[1];
        using var verifier = new IdentityVerifier(IdentityKeys.ReadPublic(Path.Combine(keys, IdentityKeys.PublicFileName)), "orders", TimeProvider.System, TimeSpan.Zero);
        Assert.Equal("ana", verifier.Verify(token).User!.Identity!.Name);
    }

    [Theory]
    [InlineData("", "not_authenticated")]
    [InlineData("Cookie: session=error\r\n", "identity_unavailable")]
    public async Task A_copy_without_a_user_is_not_sent(string cookie, string reason)
    {
        userHasAnswer.SetResult();
        await RawWire.ExchangeAsync(facade.Public, $"GET /orders/7 HTTP/1.1\r\nHost: shop\r\n{cookie}\r\n");
        await SettledAsync(counts => counts.Skipped.GetValueOrDefault(reason) == 1);

        Assert.Empty(service.Requests);
    }

    private Task SettledAsync(Func<ShadowCounts, bool> wanted) => Strangler.Tests.Servers.Wait.UntilAsync(
        () => Task.FromResult(wanted(((ShadowLedger)facade.Services.GetService(typeof(ShadowLedger))!).Of("orders")!.Tally.Read())), "the copy is settled");

    private async Task LegacyAsync(HttpContext context)
    {
        if (context.Request.Path != "/systemweb-adapters/authenticate")
        {
            order.Enqueue("page");
            await context.Response.WriteAsync("ok");
            return;
        }

        // The exchange answers nobody before the user has the page: a user who waited for it would wait for ever.
        await userHasAnswer.Task.WaitAsync(context.RequestAborted);
        order.Enqueue("asked");
        var cookie = context.Request.Headers.Cookie.ToString();
        if (cookie == "session=ana")
        {
            context.Response.ContentType = "application/octet-stream";
            var principal = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, "ana")], "forms"));
            using var bytes = new MemoryStream();
            using (var writer = new BinaryWriter(bytes, System.Text.Encoding.UTF8, leaveOpen: true)) principal.WriteTo(writer);
            await context.Response.Body.WriteAsync(bytes.ToArray());
        }
        else context.Response.StatusCode = cookie.Contains("error", StringComparison.Ordinal) ? 500 : 401;
    }
}
