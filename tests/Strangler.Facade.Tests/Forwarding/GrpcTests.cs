using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Strangler.Facade.Tests;

/// <summary>An owner that speaks HTTP/2 alone, as gRPC's do.</summary>
public abstract class GrpcTests(Place place) : StagedTests(place)
{
    private const string Http2 = """, "httpVersion": "2" """;

    [Fact]
    [Transparency(47)]
    public async Task A_call_flows_both_ways_at_once_and_ends_with_the_owners_trailers()
    {
        await using var owner = await Backend.StartAsync(EchoAsync, HttpProtocols.Http2);
        await using var facade = await WithAsync(owner.Address, "", Http2, TestCertificate.Settings);
        using var limit = new CancellationTokenSource(Limit);
        var sent = new Pipe();
        using var call = Over2(HttpMethod.Post, "/orders.Orders/Follow");
        call.Content = new Streamed(sent.Reader);
        call.Content.Headers.ContentType = new("application/grpc");
        call.Headers.TE.ParseAdd("trailers");

        using var answer = await facade.Client.SendAsync(call, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        await using var stream = await answer.Content.ReadAsStreamAsync(limit.Token);
        var echoes = new List<string>();
        foreach (var message in (string[])["one", "two", "three"])
        {
            // Each is answered before the next is sent.
            await sent.Writer.WriteAsync(Encoding.ASCII.GetBytes(message), limit.Token);
            var buffer = new byte[100];
            echoes.Add(Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, limit.Token)));
        }

        await sent.Writer.CompleteAsync();
        var end = await stream.ReadAsync(new byte[1], limit.Token);

        Assert.Equal(["one", "two", "three"], echoes);
        Assert.Equal((0, "application/grpc"), (end, answer.Content.Headers.ContentType!.ToString()));
        Assert.Equal("7", Assert.Single(answer.TrailingHeaders.GetValues("grpc-status")));
        Assert.Equal("te: trailers", Assert.Single(answer.TrailingHeaders.GetValues("grpc-message")));
    }

    [Fact]
    [Transparency(47)]
    public async Task A_call_that_fails_at_once_keeps_its_status()
    {
        await using var owner = await Backend.StartAsync(
            context =>
            {
                context.Response.ContentType = "application/grpc";
                context.Response.Headers["grpc-status"] = "12";
                return Task.CompletedTask;
            },
            HttpProtocols.Http2);
        await using var facade = await WithAsync(owner.Address, "", Http2, TestCertificate.Settings);
        using var call = Over2(HttpMethod.Post, "/orders.Orders/Unknown");
        call.Content = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { ContentType = new("application/grpc") } };

        using var answer = await facade.Client.SendAsync(call);

        Assert.Equal("12", Assert.Single(answer.Headers.GetValues("grpc-status")));
    }

    [Fact]
    [Transparency(48)]
    public async Task An_answer_given_before_the_body_was_read_arrives_at_once()
    {
        await using var owner = await Backend.StartAsync(
            async context =>
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                await context.Response.WriteAsync("no");
            },
            HttpProtocols.Http2);
        await using var facade = await WithAsync(owner.Address, "", Http2, TestCertificate.Settings);
        using var limit = new CancellationTokenSource(Limit);
        using var call = Over2(HttpMethod.Post, "/upload");
        call.Content = new Streamed(new Pipe().Reader);

        using var answer = await facade.Client.SendAsync(call, HttpCompletionOption.ResponseHeadersRead, limit.Token);

        Assert.Equal((HttpStatusCode.Forbidden, "no"), (answer.StatusCode, await answer.Content.ReadAsStringAsync(limit.Token)));
    }

    [Fact]
    [Transparency(1, 14)]
    public async Task A_request_over_HTTP_1_arrives_over_HTTP_2_with_its_target_and_its_host()
    {
        await using var owner = await Backend.StartAsync(
            context => context.Response.WriteAsync($"{context.Request.Protocol} {context.Request.Host} {context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget} {context.Request.Headers.Cookie}"),
            HttpProtocols.Http2);
        await using var facade = await WithAsync(owner.Address, "", Http2);

        var answer = await RawWire.ExchangeAsync(facade.Public, "GET /a%2Fb/../c?d HTTP/1.1\r\nHost: clinic.example:81\r\nCookie: a=1; b=2\r\nConnection: close\r\n\r\n");

        Assert.Contains("HTTP/2 clinic.example:81 /a%2Fb/../c?d a=1; b=2", RawWire.Body(answer));
    }

    private static async Task EchoAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.FlushAsync();
        var buffer = new byte[100];
        for (int read; (read = await context.Request.Body.ReadAsync(buffer)) > 0;)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read));
            await context.Response.Body.FlushAsync();
        }

        context.Response.AppendTrailer("grpc-status", "7");
        context.Response.AppendTrailer("grpc-message", $"te: {context.Request.Headers.TE}");
    }

    private static HttpRequestMessage Over2(HttpMethod method, string path) =>
        new(method, path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

    /// <summary>A body that is sent as it is written.</summary>
    private sealed class Streamed(PipeReader body) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            while (await body.ReadAsync() is var part && !(part.IsCompleted && part.Buffer.IsEmpty))
            {
                foreach (var piece in part.Buffer) await stream.WriteAsync(piece);
                await stream.FlushAsync();
                body.AdvanceTo(part.Buffer.End);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}

public sealed class GrpcTestsInLegacy() : GrpcTests(Place.InLegacy);

public sealed class GrpcTestsInShadow() : GrpcTests(Place.InShadow);

public sealed class GrpcTestsInCanaryAtLegacy() : GrpcTests(Place.InCanaryAtLegacy);

public sealed class GrpcTestsInCanaryAtService() : GrpcTests(Place.InCanaryAtService);

public sealed class GrpcTestsInService() : GrpcTests(Place.InService);
