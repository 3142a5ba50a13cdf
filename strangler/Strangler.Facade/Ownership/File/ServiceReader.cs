using System.Text.Json;

namespace Strangler.Facade;

/// <summary>Reads how a service is reached: <c>destinations</c>, <c>loadBalancing</c>, <c>health</c> and <c>breaker</c>.</summary>
internal sealed class ServiceReader(RouteErrors errors)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Tenth = TimeSpan.FromMilliseconds(100);
    private readonly ValueReader values = new(errors);

    /// <summary>The rules; null when no destination could be read, which is noted.</summary>
    public ServiceRules? Read(PlacedValue service)
    {
        var balancing = values.Choice(service, "loadBalancing", LoadBalancing.Names, ServiceRules.DefaultLoadBalancing);
        var (health, breaker) = (Health(service), Breaker(service));
        return Destinations(service) is { Count: > 0 } destinations ? new ServiceRules(destinations, balancing, health, breaker) : null;
    }

    private List<Uri> Destinations(PlacedValue service)
    {
        if (service["destinations"] is not { } list)
        {
            errors.AddMissing(service, "destinations", "Add \"destinations\": [\"http://host:port\"].");
            return [];
        }

        if (list.Kind != JsonValueKind.Array || list.Items.Count == 0)
        {
            errors.Add(list, "'destinations' must be a list with an address.", "Write [\"http://host:port\"].");
            return [];
        }

        var addresses = new List<Uri>();
        foreach (var item in list.Items.Where(values.IsText))
        {
            if (values.Address(item) is not { } address) continue;
            if (addresses.Contains(address)) errors.Add(item, $"'{item.Text}' is listed twice.", "Keep one.");
            else addresses.Add(address);
        }

        return addresses;
    }

    private HealthRule Health(PlacedValue service)
    {
        var otherwise = HealthRule.Default;
        if (service["health"] is not { } block || !values.IsObject(block, "path", "interval", "timeout", "failures", "pause")) return otherwise;
        var path = values.Text(block, "path", null);
        if (path is not null && (!path.StartsWith('/') || path.Any(c => c is <= ' ' or > '~' or '#')))
        {
            errors.Add(block["path"]!, $"'{path}' is no path.", "Write e.g. \"/health\".");
        }

        return new HealthRule(
            path,
            values.Duration(block, "interval", Tenth, Hour, otherwise.Interval),
            values.Duration(block, "timeout", TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1), otherwise.Timeout),
            values.Number(block, "failures", 1, 100, otherwise.Failures),
            values.Duration(block, "pause", Tenth, Hour, otherwise.Pause));
    }

    private BreakerRule? Breaker(PlacedValue service)
    {
        var otherwise = BreakerRule.Default;
        if (service["breaker"] is not { } block) return otherwise;
        if (block is { Kind: JsonValueKind.String, Text: "off" }) return null;
        if (block.Kind != JsonValueKind.Object)
        {
            errors.Add(block, "'breaker' must be an object, or \"off\".", "Leave it out for the defaults.");
            return otherwise;
        }

        values.IsObject(block, "failures", "minimum", "window", "pause", "probes");
        return new BreakerRule(
            values.Number(block, "failures", 1, 100, otherwise.Failures),
            values.Number(block, "minimum", 1, 100_000, otherwise.Minimum),
            values.Duration(block, "window", TimeSpan.FromSeconds(1), Hour, otherwise.Window),
            values.Duration(block, "pause", Tenth, Hour, otherwise.Pause),
            values.Number(block, "probes", 1, 100, otherwise.Probes));
    }
}
