using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Strangler.Facade;

/// <summary>Stands between YARP and the server's two ways of becoming a WebSocket, so that the socket drains.</summary>
/// <param name="context">The request.</param>
/// <param name="exchange">The exchange whose end ends the socket.</param>
/// <param name="accepted">Called when owner and client have agreed.</param>
/// <param name="upgrade">How it is done over HTTP/1.1; null over HTTP/2.</param>
/// <param name="connect">How it is done over HTTP/2; null over HTTP/1.1.</param>
internal sealed class UpgradedExchange(HttpContext context, OpenExchange exchange, Action accepted, IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect) : IHttpUpgradeFeature, IHttpExtendedConnectFeature, IDisposable
{
    /// <summary>Whether owner and client have agreed.</summary>
    public bool IsAgreed { get; private set; }

    public bool IsUpgradableRequest => upgrade?.IsUpgradableRequest ?? false;

    public bool IsExtendedConnect => connect?.IsExtendedConnect ?? false;

    public string? Protocol => connect?.Protocol;

    /// <summary>Whether a request asks to become something else.</summary>
    public static bool IsAskedFor(HttpContext context) =>
        context.Request.Headers.Upgrade.Count > 0
            ? context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            : HttpMethods.IsConnect(context.Request.Method) && context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    /// <summary>Stands between until it is disposed.</summary>
    public static UpgradedExchange Watch(HttpContext context, OpenExchange exchange, Action accepted)
    {
        var features = context.Features;
        var watching = new UpgradedExchange(context, exchange, accepted, features.Get<IHttpUpgradeFeature>(), features.Get<IHttpExtendedConnectFeature>());
        if (watching.IsExtendedConnect) features.Set<IHttpExtendedConnectFeature>(watching);
        else features.Set<IHttpUpgradeFeature>(watching);
        return watching;
    }

    public void Dispose()
    {
        context.Features.Set(upgrade);
        context.Features.Set(connect);
    }

    public async Task<Stream> UpgradeAsync() => Drained(await upgrade!.UpgradeAsync());

    public async ValueTask<Stream> AcceptAsync() => Drained(await connect!.AcceptAsync());

    private DrainingSocket Drained(Stream client)
    {
        IsAgreed = true;
        accepted();
        return new DrainingSocket(client, exchange.Ending);
    }
}
