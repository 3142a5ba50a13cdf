using System.Text.Json;

namespace Strangler.Facade;

/// <summary>Reads <c>routes</c>.</summary>
internal sealed class RouteReader(RouteErrors errors, Dictionary<string, Owner> owners, BranchRule? branches, bool caseSensitive)
{
    private static readonly string[] Identities = ["none", "required"];
    private static readonly string[] StageChoice = [.. StageWords.Supported.Select(stage => stage.Word())];
    private readonly ValueReader values = new(errors);
    private readonly MatchReader matches = new(errors, branches);
    private readonly ShadowReader shadows = new(errors);
    private readonly CanaryReader canary = new(errors);
    private readonly FallbackReader fallback = new(errors);
    private readonly GateReader gates = new(errors);

    /// <summary>A route that could be read, with its place in the file.</summary>
    internal sealed record Placed(PlacedValue At, OwnedRoute Route);

    /// <summary>The routes that could be read (the others are noted as errors).</summary>
    public List<Placed> Read(PlacedValue root)
    {
        if (root["routes"] is not { } list)
        {
            errors.AddMissing(root, "routes", "Add \"routes\": [ … ], the last one " + EverythingElse.Example + ".");
            return [];
        }

        if (list.Kind != JsonValueKind.Array)
        {
            errors.Add(list, "'routes' must be a list.", "Write [ … ].");
            return [];
        }

        var routes = new List<Placed>();
        var ids = new Dictionary<string, PlacedValue>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in list.Items)
        {
            if (!values.IsObject(item, "id", "match", "service", "identity", "stage", "idleTimeout", "shadow", "canary", "fallback", "fallbackAfter", "gates", "accessLog")) continue;
            var id = Id(item, ids);
            var match = matches.Read(item);
            var service = Service(item);
            var stage = ReadStage(item, service);
            var identity = values.Choice(item, "identity", Identities, "none");
            var shadow = shadows.Read(item);
            var canary = this.canary.Read(item);
            var fallback = this.fallback.Read(item);
            var gates = this.gates.Read(item);
            TimeSpan? idle = item["idleTimeout"] is null ? null : values.Duration(item, "idleTimeout", TimeSpan.FromSeconds(1), new TimeSpan(23, 59, 59), TimeSpan.FromMinutes(10));
            var logged = values.Flag(item, "accessLog");
            if (id is null || match is null) continue;
            routes.Add(new Placed(item, new OwnedRoute(id, match)
            {
                IdleTimeout = idle,
                AccessLog = logged,
                Shadow = shadow,
                Stage = stage,
                Service = service,
                Owner = stage == Stage.Service && service is not null ? service : owners[Owner.LegacyName],
                IdentityRequired = identity == "required",
                Canary = canary,
                Fallback = fallback,
                Gates = gates,
                Place = errors.Place((item["stage"] ?? item).Start),
            }));
            shadows.Check(item, routes[^1].Route);
        }

        this.canary.Check(routes);
        var moved = new MovedWrites(routes, caseSensitive);
        this.fallback.Check(routes, moved);
        // Only they go back by themselves.
        foreach (var placed in routes.Where(placed => placed.Route.Gates is not null)) placed.Route.WritesMoved = moved.WriterOf(placed.Route) is not null;
        return routes;
    }

    private string? Id(PlacedValue item, Dictionary<string, PlacedValue> ids)
    {
        if (values.Text(item, "id", "Give the route a name, e.g. \"id\": \"orders\".") is not { } id) return null;
        var at = item["id"]!;
        if (!values.IsId(at, id, "route id")) return null;
        if (!ids.TryAdd(id, at)) errors.Add(at, $"The id '{id}' is taken by the route in line {errors.LineOf(ids[id])}.", "Give each route its own id.");
        return id;
    }

    private Owner? Service(PlacedValue item)
    {
        if (values.Text(item, "service", null) is not { } name) return null;
        if (name == Owner.LegacyName)
        {
            errors.Add(item["service"]!, "'legacy' is no service.", "Leave \"service\" out and write \"stage\": \"legacy\".");
            return null;
        }

        if (owners.TryGetValue(name, out var service)) return service;
        string[] known = [.. owners.Keys.Where(owner => owner != Owner.LegacyName)];
        errors.Add(item["service"]!, $"The service '{name}' is not among 'services'.", Spelling.Cure(name, known, $"Add \"{name}\": {{ \"destinations\": [\"http://host:port\"] }} to \"services\"."));
        return null;
    }

    private Stage ReadStage(PlacedValue item, Owner? service)
    {
        if (values.Text(item, "stage", "Add \"stage\": \"legacy\".") is not { } word) return Stage.Legacy;
        var at = item["stage"]!;
        if (!StageWords.TryParse(word, out var stage))
        {
            errors.Add(at, $"'{word}' is no stage.", Spelling.Cure(word, StageChoice, $"Write {Spelling.Choice(StageChoice)}."));
            return Stage.Legacy;
        }

        if (!StageWords.Supported.Contains(stage))
        {
            errors.Add(at, $"The stage '{word}' is not yet supported.", $"Write {Spelling.Choice(StageChoice)}.");
            return Stage.Legacy;
        }

        if (stage != Stage.Legacy && service is null && item["service"] is null)
        {
            errors.Add(at, $"The stage '{word}' needs a service.", "Add \"service\": \"name\" to the route, or write \"legacy\".");
        }

        return stage;
    }
}
