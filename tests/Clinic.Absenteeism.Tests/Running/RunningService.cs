using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Strangler.Identity;
using Strangler.Messaging;

namespace Clinic.Absenteeism.Tests.Running;

/// <summary>The service on a listener of its own, with the in-process medium.</summary>
public sealed class RunningService : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder keys;
    private readonly IdentityIssuer issuer;
    private readonly InProcessMedium medium;
    private readonly WebApplication host;

    private RunningService(TemporaryFolder keys, InProcessMedium medium, WebApplication host, IdentityIssuer issuer)
    {
        (this.keys, this.medium, this.host, this.issuer) = (keys, medium, host, issuer);
        Stranger = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
        Browser = new HttpClient(new Facade(this)) { BaseAddress = Address };
    }

    public Uri Address => new(host.Urls.Single());

    /// <summary>What reaches the service through the facade: every call says who the user is.</summary>
    public HttpClient Browser { get; }

    /// <summary>Somebody who found the port.</summary>
    public HttpClient Stranger { get; }

    public static async Task<RunningService> StartAsync(string store, params string[] settings)
    {
        var keys = new TemporaryFolder();
        var files = IdentityKeys.CreateFiles(keys.Path);
        var medium = new InProcessMedium(requiredConsumers: [AbsenteeismHost.Name]);
        var host = AbsenteeismHost.Create(
            [
                "--urls", "http://127.0.0.1:0",
                "--ConnectionStrings:Store", store,
                "--Identity:PublicKey", files.PublicKey,
                "--Logging:LogLevel:Default", "None",
                "--Logging:LogLevel:Microsoft.AspNetCore", "None",
                .. settings,
            ],
            medium);
        await host.StartAsync();
        return new(keys, medium, host, new IdentityIssuer(IdentityKeys.ReadPrivate(files.PrivateKey), TimeProvider.System));
    }

    /// <summary>A token as the facade makes it.</summary>
    public string TokenFor(string service) => issuer.Issue(
        new(new ClaimsIdentity([new(ClaimTypes.Name, "maria"), new(ClaimTypes.GivenName, "Maria <D'Ávila> & Filhos")], "Forms")), service);

    /// <summary>Returns when the service has taken every message.</summary>
    public async Task PublishAsync(params Envelope[] messages)
    {
        using var deadline = new CancellationTokenSource(Patience);
        await using var publisher = await medium.OpenPublisherAsync(deadline.Token);
        await (await publisher.PublishAsync(messages, deadline.Token)).WaitAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        Stranger.Dispose();
        await host.StopAsync();
        await host.DisposeAsync();
        issuer.Dispose();
        await keys.DisposeAsync();
    }

    private sealed class Facade(RunningService service) : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.TryAddWithoutValidation(StranglerIdentity.HeaderName, service.TokenFor(AbsenteeismHost.Name));
            return base.SendAsync(request, cancellationToken);
        }
    }
}
