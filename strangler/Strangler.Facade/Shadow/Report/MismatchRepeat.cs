using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Strangler.Identity;

namespace Strangler.Facade;

/// <summary>What repeating a request brought.</summary>
/// <param name="Method">The request's method.</param>
/// <param name="Target">Path and query, masked.</param>
/// <param name="LegacyStatus">Legacy's status; null when it did not answer in time.</param>
/// <param name="CandidateStatus">The service's status; null when it did not answer in time, or could not be asked.</param>
/// <param name="NotAsked">Why the service was not asked; null when it was.</param>
/// <param name="Differences">What differs now, masked.</param>
internal sealed record RepeatedMismatch(string Method, string Target, int? LegacyStatus, int? CandidateStatus, string? NotAsked, IReadOnlyList<RepeatedMismatch.Field> Differences)
{
    public sealed record Field(string Name, string Kind, int Places, string? Legacy, string? Candidate);
}

/// <summary>Sends a request behind a sample again, to legacy and to the service, and compares anew. It is counted nowhere.</summary>
internal sealed class MismatchRepeat(CopySender sender, ShadowIdentity identity)
{
    /// <param name="shadow">The route's findings.</param>
    /// <param name="seen">The request; by GET or HEAD.</param>
    /// <param name="headers">Headers that the person who repeats it gives, e.g. a session of their own; the service gets of them what a copy would.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<RepeatedMismatch> RunAsync(RouteShadow shadow, SeenRequest seen, IReadOnlyDictionary<string, string> headers, CancellationToken cancellation)
    {
        var context = Context(seen, headers);
        using var again = await ShadowTarget.RequestAsync(shadow.Legacy, context, null);
        using var copy = await shadow.Service.RequestAsync(context, null);
        again.Headers.TryAddWithoutValidation(CopyHeaders.Marker, "1");
        CopyHeaders.Prepare(copy, shadow.Settings);

        var (legacy, candidate, notAsked) = await GivingWay.RunAsync(() => Ask(shadow, context, again, copy, cancellation));
        var differences = legacy.Answer is { } left && candidate?.Answer is { } right ? AnswerComparison.Compare(left, right, shadow.OwnHosts(seen.Host, shadow.Service)) : [];
        var reveal = shadow.Settings.Reveal;
        return new RepeatedMismatch(
            seen.Method, Mask.Target(seen.Target, shadow.Route.Template), legacy.Answer?.Status, candidate?.Answer?.Status, notAsked is { } reason ? ShadowTally.Word(reason) : null,
            [.. differences.Select(difference => new RepeatedMismatch.Field(
                difference.Field, difference.Word, difference.Places, Mask.Value(difference, difference.Legacy, reveal), Mask.Value(difference, difference.Candidate, reveal)))]);
    }

    private (SentCopy Legacy, SentCopy? Candidate, Skip? NotAsked) Ask(RouteShadow shadow, HttpContext context, HttpRequestMessage again, HttpRequestMessage copy, CancellationToken cancellation)
    {
        var legacy = sender.AskLegacy(again, cancellation);
        var notAsked = shadow.Route.IdentityRequired
            ? identity.Add(copy, RemoteAuthenticationRequest.Of(context, shadow.Legacy.Owner.Address), shadow.Service.Plan.Owner, cancellation) : null;
        return (legacy, notAsked is null ? sender.Send(shadow.Service.Lane.Client, copy, cancellation) : null, notAsked);
    }

    /// <summary>The request as the facade would have received it from this machine.</summary>
    private static DefaultHttpContext Context(SeenRequest seen, IReadOnlyDictionary<string, string> headers)
    {
        var context = new DefaultHttpContext();
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = seen.Target;
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        var request = context.Request;
        (request.Method, request.Protocol, request.Scheme) = (seen.Method, HttpProtocol.Http11, "http");
        request.Headers.Host = seen.Host;
        request.Headers.Accept = "*/*";
        foreach (var (name, value) in headers) request.Headers[name] = value;
        return context;
    }
}
