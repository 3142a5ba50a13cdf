using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Security.Claims;
using System.Text;

namespace Strangler.Identity;

/// <summary>
/// Asks legacy who a user is: the authentication exchange of the System.Web adapters (GET systemweb-adapters/authenticate), so that the session stays
/// legacy's own. Keeps no cookie, follows no redirect, waits no longer than its timeout. Thread-safe; one instance serves the whole facade.
/// </summary>
/// <remarks>Header text is taken as Latin-1 both ways, one byte a character, as Kestrel gives it when told to.</remarks>
public sealed class RemoteAuthentication : IDisposable
{
    // What belongs to a connection, not to the answer (RFC 9110, 7.6.1); the body arrives whole, so its transfer coding is gone too.
    private static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    private readonly HttpMessageInvoker legacy;
    private readonly RemoteAuthenticationOptions options;
    private readonly TimeProvider clock;

    /// <summary>Checks the options and opens the connections' pool; calls nobody yet.</summary>
    /// <param name="options">Read once.</param>
    /// <param name="clock">Measures the timeout.</param>
    /// <exception cref="ValidationException">An option is out of its range; the message says which.</exception>
    public RemoteAuthentication(RemoteAuthenticationOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        Validator.ValidateObject(options, new(options), validateAllProperties: true);
        this.options = options;
        this.clock = clock;
        legacy = new(new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.Timeout,
            ResponseDrainTimeout = TimeSpan.Zero,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        });
    }

    /// <summary>Asks once.</summary>
    /// <param name="request">The user's request as far as legacy needs it.</param>
    /// <param name="cancellation">Fires when the user is gone.</param>
    /// <exception cref="OperationCanceledException">The user is gone; a timeout is <see cref="RemoteAuthenticationResult.LegacyUnavailable"/> instead.</exception>
    public async Task<RemoteAuthenticationResult> AuthenticateAsync(RemoteAuthenticationRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var deadline = new CancellationTokenSource(options.Timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            using var question = Question(request);
            using var answer = await legacy.SendAsync(question, both.Token);
            return await JudgeAsync(answer, request, both.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Unavailable(request, $"did not answer within {options.Timeout.TotalSeconds:0.###} s");
        }
        catch (Exception cause) when (cause is HttpRequestException or IOException)
        {
            return Unavailable(request, $"cannot be reached: {cause.Message}");
        }
    }

    /// <summary>
    /// Asks as nobody, to find a wrong setting at start instead of at the first user: upstream finds a wrong key only then.
    /// </summary>
    /// <param name="legacy">Address of legacy.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Null when legacy answers the exchange; else what is wrong, in one line.</returns>
    public async Task<string?> ProbeAsync(Uri legacy, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(legacy);
        var nobody = new RemoteAuthenticationRequest(legacy, "/", legacy.Scheme, legacy.Authority, default, default);
        return await AuthenticateAsync(nobody, cancellation) switch
        {
            RemoteAuthenticationResult.LegacyUnavailable fault => fault.Reason,
            RemoteAuthenticationResult.KeyRefused fault => fault.Reason,
            RemoteAuthenticationResult.Challenge { Status: 404 or 405 } challenge =>
                $"Legacy at {legacy} answers {challenge.Status} to GET /{options.Path}: the authentication exchange is not switched on there.",
            _ => null,
        };
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => legacy.Dispose();

    private HttpRequestMessage Question(RemoteAuthenticationRequest request)
    {
        // "//host/…" would be an open redirect after the login, and legacy refuses it; one slash names the same page.
        var originalUrl = "/" + request.OriginalUrl.TrimStart('/', '\\');
        var address = new Uri($"{request.Legacy.AbsoluteUri.TrimEnd('/')}/{options.Path}?original-url={Uri.EscapeDataString(originalUrl)}");
        var question = new HttpRequestMessage(HttpMethod.Get, address) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        var headers = question.Headers;
        headers.TryAddWithoutValidation("x-migration-authenticate", "true");
        headers.TryAddWithoutValidation("x-forwarded-host", request.Host);
        headers.TryAddWithoutValidation("x-forwarded-proto", request.Scheme);
        headers.TryAddWithoutValidation(options.KeyHeader, options.Key);
        if (request.Authorization is [{ Length: > 0 } authorization]) headers.TryAddWithoutValidation("Authorization", authorization);
        var cookies = string.Join("; ", request.Cookie.Where(cookie => !string.IsNullOrEmpty(cookie)));
        if (cookies.Length > 0) headers.TryAddWithoutValidation("Cookie", cookies);
        return question;
    }

    private async Task<RemoteAuthenticationResult> JudgeAsync(HttpResponseMessage answer, RemoteAuthenticationRequest request, CancellationToken cancellation)
    {
        var status = (int)answer.StatusCode;
        if (status == 400)
        {
            return new RemoteAuthenticationResult.KeyRefused(
                $"Legacy at {request.Legacy} refused the remote authentication key (400). Give facade and legacy the same key, letter for letter.");
        }

        if (status >= 500) return Unavailable(request, $"answered {status}");
        if (await ReadAsync(answer.Content, cancellation) is not { } body) return Unavailable(request, $"answered with more than {options.MaxAnswerBytes} bytes");
        if (status == 200) return Authenticated(answer, request, body);
        return new RemoteAuthenticationResult.Challenge(status, HeadersOf(answer, request, name => !HopByHop.Contains(name) && !answer.Headers.Connection.Contains(name, StringComparer.OrdinalIgnoreCase)), body);
    }

    private static RemoteAuthenticationResult Authenticated(HttpResponseMessage answer, RemoteAuthenticationRequest request, byte[] body)
    {
        // A legacy without the exchange may well answer 200 with some page.
        var type = answer.Content.Headers.ContentType?.MediaType;
        if (type != "application/octet-stream") return Unavailable(request, $"answered 200 with '{type}' instead of a principal: the authentication exchange is not switched on there");
        if (Principal(body) is not { } user) return Unavailable(request, "answered 200 with bytes that are no principal");
        if (user.Identity is not { IsAuthenticated: true }) return Unavailable(request, "answered 200 with a principal in which nobody is authenticated");
        return new RemoteAuthenticationResult.Authenticated(user, HeadersOf(answer, request, name => name is "Set-Cookie" or "WWW-Authenticate"));
    }

    private static ClaimsPrincipal? Principal(byte[] body)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(body, writable: false), Encoding.UTF8);
            return new(reader);
        }
        catch (Exception cause) when (cause is IOException or ArgumentException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static List<KeyValuePair<string, string>> HeadersOf(HttpResponseMessage answer, RemoteAuthenticationRequest request, Func<string, bool> wanted)
    {
        List<KeyValuePair<string, string>> headers = [];
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated).Where(header => wanted(header.Key)))
        {
            foreach (var value in values)
            {
                var location = name.Equals("Location", StringComparison.OrdinalIgnoreCase);
                headers.Add(new(name, location ? LegacyLocation.ForUser(value, request.Legacy, request.Scheme, request.Host) : value));
            }
        }

        return headers;
    }

    private async Task<byte[]?> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        using var body = new MemoryStream();
        var chunk = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int read;
            while ((read = await stream.ReadAsync(chunk, cancellation)) > 0)
            {
                if (body.Length + read > options.MaxAnswerBytes) return null;
                body.Write(chunk, 0, read);
            }

            return body.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static RemoteAuthenticationResult.LegacyUnavailable Unavailable(RemoteAuthenticationRequest request, string reason) =>
        new($"Legacy at {request.Legacy} {reason}.");
}
