using Strangler.Identity;

namespace Strangler.Facade;

/// <summary>What the identity step needs; both parts are null when the facade was given no keys.</summary>
internal sealed class LegacyIdentity(RemoteAuthentication? exchange, IdentityIssuer? issuer) : IDisposable
{
    public RemoteAuthentication? Exchange => exchange;

    public IdentityIssuer? Issuer => issuer;

    public bool Ready => exchange is not null && issuer is not null;

    /// <summary>Routes of a table that need what this facade cannot give.</summary>
    public IEnumerable<RouteError> Missing(OwnershipTable table) => Ready ? [] :
        from route in table.Routes
        where route is { Stage: Stage.Service, IdentityRequired: true }
        select new RouteError(route.Place.Line, route.Place.Column, $"$.routes[{route.Index}].stage", route.Stage.Word(),
            $"Route '{route.Id}' needs to know its users, which this facade cannot: Facade:RemoteAuthenticationKey and Identity:PrivateKey are not both set.",
            "Set both and restart the facade, or write \"stage\": \"legacy\".");

    public void Dispose()
    {
        exchange?.Dispose();
        issuer?.Dispose();
    }
}
