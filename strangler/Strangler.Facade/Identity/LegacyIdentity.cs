using Polly;
using Polly.CircuitBreaker;
using Strangler.Identity;

namespace Strangler.Facade;

/// <summary>
/// What the identity step needs; both parts are null when the facade was given no keys. When legacy keeps failing to say who users are, it is
/// left alone for a moment: users get their 503 at once instead of each waiting for a timeout, and legacy gets air.
/// </summary>
internal sealed class LegacyIdentity(RemoteAuthentication? exchange, IdentityIssuer? issuer, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ResiliencePipeline<RemoteAuthenticationResult> guard = new ResiliencePipelineBuilder<RemoteAuthenticationResult> { TimeProvider = clock }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<RemoteAuthenticationResult>
        {
            // A challenge is an answer, and a user who left (an exception) says nothing about legacy.
            ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Result is RemoteAuthenticationResult.LegacyUnavailable),
            FailureRatio = 0.5,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromSeconds(10),
            BreakDuration = Pause,
        })
        .Build();

    public RemoteAuthentication? Exchange => exchange;

    public IdentityIssuer? Issuer => issuer;

    public bool Ready => exchange is not null && issuer is not null;

    /// <summary>Asks who the user is.</summary>
    /// <exception cref="InvalidOperationException">The facade was given no keys; <see cref="Missing"/> keeps such tables out.</exception>
    public async Task<RemoteAuthenticationResult> AskAsync(RemoteAuthenticationRequest question, CancellationToken cancellation)
    {
        if (exchange is null) throw new InvalidOperationException("No identity without Facade:RemoteAuthenticationKey.");
        try
        {
            return await guard.ExecuteAsync(
                static async (asked, bounded) => await asked.exchange.AuthenticateAsync(asked.question, bounded), (exchange, question), cancellation);
        }
        catch (BrokenCircuitException)
        {
            return new RemoteAuthenticationResult.LegacyUnavailable($"Legacy at {question.Legacy} failed too often; it is asked again within {Pause.TotalSeconds:0} s.");
        }
    }

    /// <summary>Routes of a table that need what this facade cannot give.</summary>
    public IEnumerable<RouteError> Missing(OwnershipTable table) => Ready ? [] :
        from route in table.Routes
        where route.AsksIdentity
        select new RouteError(route.Place.Line, route.Place.Column, $"$.routes[{route.Index}].stage", route.Stage.Word(),
            $"Route '{route.Id}' needs to know its users, which this facade cannot: Facade:RemoteAuthenticationKey and Identity:PrivateKey are not both set.",
            "Set both and restart the facade, or write \"stage\": \"legacy\".");

    public void Dispose()
    {
        exchange?.Dispose();
        issuer?.Dispose();
    }
}
