using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Strangler.Identity.Tests;

/// <summary>A real service on Kestrel behind the scheme.</summary>
public sealed class StranglerIdentityServicesTests : IAsyncLifetime, ILoggerProvider, ILogger
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("identity-service-");
    private readonly ConcurrentQueue<string> log = [];
    private readonly HttpClient client = new();
    private IdentityKeyFiles files = null!;
    private IdentityIssuer issuer = null!;
    private WebApplication service = null!;
    private int calls;

    public async ValueTask InitializeAsync()
    {
        files = IdentityKeys.CreateFiles(folder.FullName);
        issuer = new(IdentityKeys.ReadPrivate(files.PrivateKey), TimeProvider.System);
        service = Service($"--Identity:PublicKey={files.PublicKey}");
        await service.StartAsync();
        client.BaseAddress = new(service.Urls.Single());
    }

    [Fact]
    public async Task A_call_with_a_valid_identity_is_answered_as_that_user()
    {
        using var answer = await CallAsync("/who", issuer.Issue(Users.Bob, "absenteeism"));

        Assert.Equal("bob True False", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/who")]
    [InlineData("/nothing/here")]
    [InlineData("/healthy")]
    public async Task A_call_without_identity_is_refused_without_details(string path)
    {
        using var answer = await CallAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("This service answers through the facade only.\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task The_reason_of_a_refusal_is_in_the_log_and_the_token_is_not()
    {
        var token = issuer.Issue(Users.Bob, "periodical-dates");

        using var answer = await CallAsync("/who", token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("This service answers through the facade only.\n", await answer.Content.ReadAsStringAsync());
        Assert.Contains("Warning Refused a GET call without a valid identity: WrongAudience", log);
        Assert.DoesNotContain(log, line => line.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_identities_are_none()
    {
        var token = issuer.Issue(Users.Bob, "absenteeism");

        using var answer = await CallAsync("/who", token, token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(0, calls);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/open")]
    public async Task Health_and_openapi_and_what_says_so_are_open(string path)
    {
        using var bare = await CallAsync(path);
        using var forged = await CallAsync(path, "a.b.c");

        Assert.Equal(HttpStatusCode.OK, bare.StatusCode);
        Assert.Equal(HttpStatusCode.OK, forged.StatusCode);
    }

    [Fact]
    public async Task An_unknown_path_is_404_for_a_known_user()
    {
        using var answer = await CallAsync("/nothing/here", issuer.Issue(Users.Bob, "absenteeism"));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_service_without_a_key_does_not_start()
    {
        await using var service = Service();

        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => service.StartAsync());

        Assert.Equal(["Identity:PublicKey is not set. Give the path of identity.public.pem, made by `strangler identity-keys DIR`."], fault.Failures);
    }

    [Fact]
    public async Task A_service_with_every_setting_wrong_hears_of_all_at_once()
    {
        await using var service = Service($"--Identity:PublicKey={files.PrivateKey}", "--Identity:ClockSkew=01:00:00", "--Identity:OpenPaths:0=/");

        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => service.StartAsync());

        Assert.Equal(
            [
                $"Identity:PublicKey: '{files.PrivateKey}' holds the private key, with which anyone can be impersonated. Give the path of identity.public.pem instead.",
                "Identity:ClockSkew is 01:00:00. Give 00:00:00 to 00:01:00.",
                "Identity:OpenPaths has '/'. Give a path such as /health; '/' would open everything.",
            ],
            fault.Failures);
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        issuer.Dispose();
        client.Dispose();
        folder.Delete(recursive: true);
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => this;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        log.Enqueue($"{logLevel} {formatter(state, exception)}");

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    void IDisposable.Dispose()
    {
    }

    private async Task<HttpResponseMessage> CallAsync(string path, params string[] tokens)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var token in tokens) request.Headers.TryAddWithoutValidation("X-Strangler-Identity", token);
        return await client.SendAsync(request);
    }

    private WebApplication Service(params string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(this);
        builder.Services.AddStranglerIdentity(options => options.Audience = "absenteeism");
        var service = builder.Build();
        service.MapGet("/who", (HttpContext context) =>
        {
            Interlocked.Increment(ref calls);
            return $"{context.User.Identity!.Name} {context.User.IsInRole("staff")} {context.User.IsInRole("admin")}";
        });
        service.MapGet("/health", () => "well");
        service.MapGet("/healthy", () => Interlocked.Increment(ref calls));
        service.MapGet("/openapi/v1.json", () => "{}");
        service.MapGet("/open", () => "open").AllowAnonymous();
        return service;
    }
}
