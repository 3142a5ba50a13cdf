using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Strangler.Facade;

/// <summary>Says which requests are not copied, as far as that is known before legacy answers and after.</summary>
internal static class ShadowFilter
{
    /// <summary>Before the answer. Null: it may be copied, as far as the request goes.</summary>
    public static Skip? Before(HttpContext context, RouteShadow shadow)
    {
        var request = context.Request;
        if (request.Headers.ContainsKey(CopyHeaders.Marker)) return Skip.Loop;
        var features = context.Features;
        if (features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } || features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true }) return Skip.Upgrade;
        if (IsSafe(request.Method))
        {
            if (HasBody(context)) return Skip.RequestBody;
        }
        else if (shadow.Sink is null) return Skip.Method;

        var target = features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (shadow.Excludes(target)) return Skip.Excluded;
        return !shadow.Settings.PassCredentials && CopyHeaders.HasCredentials(target) ? Skip.CredentialsInUrl : null;
    }

    /// <summary>After the answer. Null: the copy may go out.</summary>
    public static Skip? After(HttpContext context, HeldBytes answer, HeldBytes? body, DateTimeOffset now)
    {
        var response = context.Response;
        // A client that closes its connection once it has the whole answer has not left.
        if (context.Features.Get<Yarp.ReverseProxy.Forwarder.IForwarderErrorFeature>() is not null) return context.RequestAborted.IsCancellationRequested ? Skip.ClientGone : Skip.NoAnswer;
        if (response.StatusCode == StatusCodes.Status101SwitchingProtocols) return Skip.Upgrade;
        if (response.StatusCode == StatusCodes.Status304NotModified) return Skip.NotModified;
        if (IsStream(response)) return Skip.Stream;
        if (answer.TooLarge || body is { TooLarge: true }) return Skip.TooLarge;
        // Legacy answered without reading everything; half a request is another request.
        if (body is { Ended: false, NoMemory: false }) return Skip.RequestBody;
        return IsSafe(context.Request.Method) && SafetySigns.Wrote(response.StatusCode, response.Headers.SetCookie, now) ? Skip.Wrote : null;
    }

    public static bool IsStream(HttpResponse response) => response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;

    public static bool HasBody(HttpContext context) => context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };

    public static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
}
