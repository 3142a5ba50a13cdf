using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using static Strangler.Identity.RemoteAuthenticationResult;

namespace Strangler.Identity.Tests;

/// <summary>The facade's side of the authentication exchange, against a real server.</summary>
public sealed class RemoteAuthenticationTests : IAsyncLifetime
{
    private const string Key = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";

    // systemweb-adapters 2.3.0 on the wire: name bob, role staff, type Forms.
    private static readonly byte[] Bob = Convert.FromHexString(
        "010000000100000001000000" + "110000000200000005466f726d7302000000" + "110000000100000003626f62" + "12000000010000000573746166" + "66");

    private readonly RemoteAuthentication remote = new(new() { Key = Key, Timeout = TimeSpan.FromSeconds(10) }, TimeProvider.System);
    private LegacyStub legacy = null!;

    public async ValueTask InitializeAsync() => legacy = await LegacyStub.StartAsync();

    [Fact]
    public async Task The_question_holds_what_the_protocol_names_and_nothing_else()
    {
        await AskAsync(cookie: "sessionid=abc; csrftoken=x", authorization: "Bearer t");

        Assert.Equal("GET /systemweb-adapters/authenticate?original-url=%2Fperiodicos%2F%3Fpage%3D2 HTTP/1.1", legacy.Target);
        Assert.Equal(
            [
                $"host: {legacy.Address.Authority}",
                "authorization: Bearer t",
                "cookie: sessionid=abc; csrftoken=x",
                "x-forwarded-host: clinic.example:8443",
                "x-forwarded-proto: https",
                "x-migration-authenticate: true",
                $"x-systemwebadapter-remoteappauthentication-key: {Key}",
            ],
            legacy.Headers.Where(header => header.Key is not "traceparent").Select(header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal).OrderByDescending(line => line.StartsWith("host", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_trace_goes_on_at_legacy()
    {
        using var activity = new Activity("user request").Start();

        await AskAsync();

        Assert.Contains(legacy.Headers, header => header.Key == "traceparent" && header.Value.Contains(activity.TraceId.ToHexString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/a%2Fb/?q=%25&r=a+b&s=%C3%A7", "%2Fa%252Fb%2F%3Fq%3D%2525%26r%3Da%2Bb%26s%3D%25C3%25A7")]
    [InlineData("/", "%2F")]
    [InlineData("/?", "%2F%3F")]
    [InlineData("//evil.example/x", "%2Fevil.example%2Fx")]
    [InlineData("/\\evil.example/x", "%2Fevil.example%2Fx")]
    public async Task The_original_url_arrives_as_the_user_sent_it(string target, string encoded)
    {
        await AskAsync(target);

        Assert.Equal($"GET /systemweb-adapters/authenticate?original-url={encoded} HTTP/1.1", legacy.Target);
    }

    [Fact]
    public async Task Several_cookie_headers_travel_as_one_and_an_empty_authorization_not_at_all()
    {
        await remote.AuthenticateAsync(
            new(legacy.Address, "/", "http", "h", new StringValues(""), new StringValues(["a=1", "b=\u00e7"])), CancellationToken.None);

        Assert.Equal("a=1; b=\u00e7", Assert.Single(legacy.Headers, header => header.Key == "cookie").Value);
        Assert.DoesNotContain(legacy.Headers, header => header.Key == "authorization");
    }

    [Fact]
    public async Task A_legacy_below_a_virtual_directory_is_asked_there()
    {
        await remote.AuthenticateAsync(new(new(legacy.Address, "/old/app"), "/", "http", "h", default, default), CancellationToken.None);

        Assert.StartsWith("GET /old/app/systemweb-adapters/authenticate?", legacy.Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_principal_of_the_wire_is_the_user()
    {
        legacy.Answer = context => Principal(context, Bob);

        var known = Assert.IsType<Authenticated>(await AskAsync());

        Assert.Equal("bob", known.User.Identity!.Name);
        Assert.Equal("Forms", known.User.Identity.AuthenticationType);
        Assert.True(known.User.IsInRole("staff"));
        Assert.False(known.User.IsInRole("admin"));
        Assert.Empty(known.Headers);
    }

    [Fact]
    public void The_principal_that_we_would_write_is_the_one_seen_on_the_wire()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        Users.Named("bob", "staff").WriteTo(writer);
        writer.Flush();

        Assert.Equal(Convert.ToHexString(Bob), Convert.ToHexString(stream.ToArray()));
    }

    [Fact]
    public async Task A_renewed_session_cookie_comes_along()
    {
        legacy.Answer = context =>
        {
            context.Response.Headers.Append("Set-Cookie", "sessionid=new; expires=Wed, 01 Apr 2026 00:00:00 GMT; Path=/; HttpOnly");
            context.Response.Headers.Append("Set-Cookie", "other=1");
            context.Response.Headers.Append("X-Frame-Options", "DENY");
            return Principal(context, Bob);
        };

        var known = Assert.IsType<Authenticated>(await AskAsync());

        Assert.Equal(
            [
                KeyValuePair.Create("Set-Cookie", "sessionid=new; expires=Wed, 01 Apr 2026 00:00:00 GMT; Path=/; HttpOnly"),
                KeyValuePair.Create("Set-Cookie", "other=1"),
            ],
            known.Headers);
    }

    [Fact]
    public async Task A_redirect_to_the_login_page_is_handed_over_unchanged_and_not_followed()
    {
        legacy.Answer = async context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = "/login/?next=/periodicos/%3Fpage%3D2";
            context.Response.Headers.Append("Set-Cookie", "a=1; Path=/");
            context.Response.Headers.Append("Set-Cookie", "b=2; Path=/");
            context.Response.Headers.Append("X-Frame-Options", "DENY");
            context.Response.Headers.Append("Connection", "X-Private");
            context.Response.Headers.Append("X-Private", "1");
            context.Response.ContentType = "text/html; charset=utf-8";
            await context.Response.WriteAsync("<p>Entre</p>");
        };

        var challenge = Assert.IsType<Challenge>(await AskAsync());

        Assert.Equal(302, challenge.Status);
        Assert.Equal("<p>Entre</p>"u8.ToArray(), challenge.Body.ToArray());
        Assert.Equal(
            [
                "Content-Type: text/html; charset=utf-8", "Location: /login/?next=/periodicos/%3Fpage%3D2", "Server: Kestrel",
                "Set-Cookie: a=1; Path=/", "Set-Cookie: b=2; Path=/", "X-Frame-Options: DENY",
            ],
            challenge.Headers.Where(header => header.Key != "Date").Select(header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(1, legacy.Calls);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Any_other_refusal_keeps_its_status(int status)
    {
        legacy.Answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.WWWAuthenticate = new(["Negotiate", "NTLM"]);
            return Task.CompletedTask;
        };

        var challenge = Assert.IsType<Challenge>(await AskAsync());

        Assert.Equal(status, challenge.Status);
        Assert.Equal(["Negotiate", "NTLM"], challenge.Headers.Where(header => header.Key == "WWW-Authenticate").Select(header => header.Value));
    }

    [Fact]
    public async Task An_absolute_redirect_to_legacy_leads_to_the_host_of_the_user()
    {
        legacy.Answer = context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = $"http://{legacy.Address.Authority}/login/?next=%2Fx";
            return Task.CompletedTask;
        };

        var challenge = Assert.IsType<Challenge>(await AskAsync());

        Assert.Equal("https://clinic.example:8443/login/?next=%2Fx", challenge.Headers.Single(header => header.Key == "Location").Value);
    }

    [Fact]
    public async Task No_cookie_of_legacy_is_kept_for_the_next_user()
    {
        legacy.Answer = context =>
        {
            context.Response.Headers.Append("Set-Cookie", "sessionid=of-bob; Path=/");
            return Principal(context, Bob);
        };
        await AskAsync();

        await AskAsync();

        Assert.DoesNotContain(legacy.Headers, header => header.Key == "cookie");
    }

    [Fact]
    public async Task A_wrong_key_is_a_setting_to_correct()
    {
        legacy.Answer = context =>
        {
            context.Response.StatusCode = 400;
            return Task.CompletedTask;
        };

        var refused = Assert.IsType<KeyRefused>(await AskAsync());

        Assert.Equal($"Legacy at {legacy.Address} refused the remote authentication key (400). Give facade and legacy the same key, letter for letter.", refused.Reason);
        Assert.DoesNotContain(Key, refused.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_failing_legacy_is_unavailable(int status)
    {
        legacy.Answer = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };

        Assert.Equal($"Legacy at {legacy.Address} answered {status}.", Assert.IsType<LegacyUnavailable>(await AskAsync()).Reason);
    }

    [Fact]
    public async Task A_legacy_that_is_not_there_is_unavailable()
    {
        var address = FreeAddress();

        var down = Assert.IsType<LegacyUnavailable>(await remote.AuthenticateAsync(new(address, "/", "http", "h", default, default), CancellationToken.None));

        Assert.StartsWith($"Legacy at {address} cannot be reached: ", down.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_legacy_that_hangs_is_unavailable_in_bounded_time(bool afterHeaders)
    {
        legacy.Answer = async context =>
        {
            context.Response.ContentType = "application/octet-stream";
            if (afterHeaders) await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        using var hasty = new RemoteAuthentication(new() { Key = Key, Timeout = TimeSpan.FromMilliseconds(300) }, TimeProvider.System);
        var watch = Stopwatch.StartNew();

        var slow = Assert.IsType<LegacyUnavailable>(await hasty.AuthenticateAsync(Request("/"), CancellationToken.None));

        Assert.Equal($"Legacy at {legacy.Address} did not answer within 0.3 s.", slow.Reason);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_user_who_leaves_ends_the_question()
    {
        using var user = new CancellationTokenSource();
        legacy.Answer = async context =>
        {
            await user.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => remote.AuthenticateAsync(Request("/"), user.Token));
    }

    [Fact]
    public async Task A_page_with_status_200_is_no_principal()
    {
        legacy.Answer = context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<form>");
        };

        var odd = Assert.IsType<LegacyUnavailable>(await AskAsync());

        Assert.Equal($"Legacy at {legacy.Address} answered 200 with 'text/html' instead of a principal: the authentication exchange is not switched on there.", odd.Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("ffffffff")]
    [InlineData("0100000001000000010000001100000002000000ff")]
    public async Task Broken_bytes_are_no_principal(string hex)
    {
        legacy.Answer = context => Principal(context, Convert.FromHexString(hex));

        Assert.Equal($"Legacy at {legacy.Address} answered 200 with bytes that are no principal.", Assert.IsType<LegacyUnavailable>(await AskAsync()).Reason);
    }

    [Fact]
    public async Task A_principal_of_nobody_is_nobody()
    {
        // What Mono writes for a GenericPrincipal: no identity at all.
        legacy.Answer = context => Principal(context, new byte[8]);

        Assert.IsType<LegacyUnavailable>(await AskAsync());
    }

    [Fact]
    public async Task An_answer_beyond_the_limit_is_not_read()
    {
        legacy.Answer = context =>
        {
            context.Response.StatusCode = 401;
            return context.Response.Body.WriteAsync(new byte[1024 * 1024 + 1]).AsTask();
        };

        Assert.Equal($"Legacy at {legacy.Address} answered with more than 1048576 bytes.", Assert.IsType<LegacyUnavailable>(await AskAsync()).Reason);
    }

    [Fact]
    public async Task The_probe_tells_a_wrong_key_a_missing_exchange_and_a_missing_legacy_apart()
    {
        var status = 302;
        legacy.Answer = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };

        Assert.Null(await remote.ProbeAsync(legacy.Address, CancellationToken.None));
        status = 404;
        Assert.Equal($"Legacy at {legacy.Address} answers 404 to GET /systemweb-adapters/authenticate: the authentication exchange is not switched on there.", await remote.ProbeAsync(legacy.Address, CancellationToken.None));
        status = 400;
        Assert.Contains("refused the remote authentication key", await remote.ProbeAsync(legacy.Address, CancellationToken.None), StringComparison.Ordinal);
        Assert.Contains("cannot be reached", await remote.ProbeAsync(FreeAddress(), CancellationToken.None), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a%2fb?x=1", "/a%2fb?x=1")]
    [InlineData("http://clinic.example/a%2fb?x=1", "/a%2fb?x=1")]
    [InlineData("http://clinic.example", "/")]
    [InlineData("*", "/")]
    public void The_request_is_taken_with_its_raw_target(string rawTarget, string original)
    {
        var context = new DefaultHttpContext();
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = rawTarget;
        context.Request.Scheme = "https";
        context.Request.Host = new("clinic.example", 8443);
        context.Request.Headers.Cookie = "sessionid=abc";

        var request = RemoteAuthenticationRequest.Of(context, legacy.Address);

        Assert.Equal(new(legacy.Address, original, "https", "clinic.example:8443", StringValues.Empty, "sessionid=abc"), request);
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    public void A_key_that_legacy_would_never_accept_is_refused_at_start(string key)
    {
        var fault = Assert.Throws<ValidationException>(() => new RemoteAuthentication(new() { Key = key }, TimeProvider.System));

        Assert.Equal("Key must be 32 hex digits, with or without dashes and braces, not all zero: the same text as on the legacy side.", fault.Message);
    }

    public async ValueTask DisposeAsync()
    {
        remote.Dispose();
        await legacy.DisposeAsync();
    }

    private static async Task Principal(HttpContext context, byte[] body)
    {
        context.Response.ContentType = "application/octet-stream";
        await context.Response.Body.WriteAsync(body);
    }

    private static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new($"http://{listener.LocalEndpoint}/");
    }

    private Task<RemoteAuthenticationResult> AskAsync(string target = "/periodicos/?page=2", string? cookie = null, string? authorization = null) =>
        remote.AuthenticateAsync(Request(target) with { Cookie = cookie, Authorization = authorization }, CancellationToken.None);

    private RemoteAuthenticationRequest Request(string target) => new(legacy.Address, target, "https", "clinic.example:8443", default, default);
}
