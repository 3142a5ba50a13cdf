using System.Text.Json;

namespace Strangler.Facade;

/// <summary>Reads <c>legacy</c> and <c>services</c>.</summary>
internal sealed class OwnerReader(RouteErrors errors)
{
    private static readonly string[] Policies = ["none", "append", "set"];
    private static readonly string[] Versions = ["1.1", "2"];
    private readonly ValueReader values = new(errors);
    private readonly ServiceReader services = new(errors);
    private readonly RewriteReader rewrites = new(errors);

    public Dictionary<string, Owner> Read(PlacedValue root)
    {
        var owners = new Dictionary<string, Owner>(StringComparer.OrdinalIgnoreCase);
        if (root["legacy"] is not { } legacy) errors.AddMissing(root, "legacy", "Add \"legacy\": { \"address\": \"http://host:port\" }.");
        else if (values.IsObject(legacy, "address", "forwarded", "sessionCookie", "trace", "httpVersion", "rewrite")) Add(owners, Owner.LegacyName, legacy, LegacyAddress(legacy));

        // An owner that is wrong is still an owner: routes that name it have no error of their own.
        owners.TryAdd(Owner.LegacyName, Placeholder(Owner.LegacyName));
        if (root["services"] is not { } services) return owners;
        if (services.Kind != JsonValueKind.Object)
        {
            errors.Add(services, "'services' must be an object.", "Write { \"name\": { \"destinations\": [\"http://host:port\"] } }.");
            return owners;
        }

        values.NoTwins(services, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, start, service) in services.Members)
        {
            if (string.Equals(name, Owner.LegacyName, StringComparison.OrdinalIgnoreCase))
            {
                errors.Add(start, service.Path, service.Text, "A service cannot be called 'legacy'.", "Give it the name of its context, e.g. \"orders\".");
                continue;
            }

            if (name.Length == 0) errors.Add(start, service.Path, service.Text, "A service needs a name.", "Give it the name of its context, e.g. \"orders\".");
            else values.IsId(service, name, "service name");
            if (values.IsObject(service, "destinations", "loadBalancing", "health", "breaker", "forwarded", "trace", "httpVersion", "rewrite"))
            {
                var rules = this.services.Read(service);
                Add(owners, name, service, rules?.Destinations[0], rules);
            }

            owners.TryAdd(name, Placeholder(name));
        }

        return owners;
    }

    /// <summary>An address is scheme, host and port. A path would change every target, so there is none.</summary>
    internal static Uri? Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0 && uri.UserInfo.Length == 0
        && uri.PathAndQuery == "/" && uri.Fragment.Length == 0 && !text.AsSpan().ContainsAny('?', '#')
            ? uri : null;

    private static Owner Placeholder(string name) => new(name, new Uri("http://invalid"), ForwardedPolicy.None);

    private void Add(Dictionary<string, Owner> owners, string name, PlacedValue value, Uri? address, ServiceRules? rules = null)
    {
        var policy = (ForwardedPolicy)Array.IndexOf(Policies, values.Choice(value, "forwarded", Policies, "none"));
        var (cookie, rewrite) = (values.Token(value, "sessionCookie"), rewrites.Read(value));
        var version = values.Choice(value, "httpVersion", Versions, Versions[0]) == "2" ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11;
        if (address is not null) owners.TryAdd(name, new Owner(name, address, policy) { SessionCookie = cookie, HttpVersion = version, Rewrite = rewrite, Rules = rules, Trace = values.Flag(value, "trace") });
    }

    private Uri? LegacyAddress(PlacedValue legacy) =>
        values.Text(legacy, "address", "Add \"address\": \"http://host:port\".") is null ? null : values.Address(legacy["address"]!);
}
