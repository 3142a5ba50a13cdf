using Microsoft.AspNetCore.Http;
using Strangler.Identity;

namespace Strangler.Facade;

/// <summary>A request that was answered by legacy and waits to be sent to the candidate, with legacy's answer to compare.</summary>
internal sealed class ShadowCopy(RouteShadow shadow, ShadowTarget target, SeenRequest seen, HttpRequestMessage request, int status, IReadOnlyList<KeyValuePair<string, string>> headers, HeldBytes body) : IDisposable
{
    public RouteShadow Shadow => shadow;

    public ShadowTarget Target => target;

    public SeenRequest Seen => seen;

    /// <summary>What goes to the candidate.</summary>
    public HttpRequestMessage Request => request;

    /// <summary>The same for legacy, when this copy is one of those by which noise is learned; else null.</summary>
    public HttpRequestMessage? Again { get; init; }

    /// <summary>What legacy is asked to learn who the user is; null when the route needs no identity.</summary>
    public RemoteAuthenticationRequest? Question { get; init; }

    /// <summary>When the user's answer was complete, by the clock's timestamp.</summary>
    public required long CompletedAt { get; init; }

    /// <summary>Whether it was sent. From then on it counts as such, whatever happens.</summary>
    public bool IsSent { get; private set; }

    public OwnerAnswer LegacyAnswer() => new(status, headers, body.ToArray());

    public void MarkSent()
    {
        IsSent = true;
        shadow.Tally.Sent();
    }

    public void Dispose()
    {
        request.Dispose();
        Again?.Dispose();
        body.Dispose();
    }
}

/// <summary>Where copies go: how requests become the owner's, and the lane they wait in.</summary>
internal sealed record ShadowTarget(OwnerPlan Plan, ShadowLane Lane)
{
    /// <summary>A request for this target, made from one that is being answered.</summary>
    public Task<HttpRequestMessage> RequestAsync(HttpContext context, HttpContent? content) => RequestAsync(Plan, context, content);

    public static async Task<HttpRequestMessage> RequestAsync(OwnerPlan plan, HttpContext context, HttpContent? content)
    {
        var request = new HttpRequestMessage(HttpMethod.Parse(context.Request.Method), (Uri?)null)
        {
            Version = plan.Owner.HttpVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        // With no destination healthy the copy fails, and is counted so.
        await plan.Transformer.TransformRequestAsync(context, request, plan.Pool.Pick(context)?.Prefix ?? plan.Prefix, CancellationToken.None);
        return request;
    }
}
