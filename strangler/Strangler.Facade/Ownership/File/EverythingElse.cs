namespace Strangler.Facade;

/// <summary>The rule of the last entry: what no other entry matches is legacy's, and that is written down.</summary>
internal static class EverythingElse
{
    public const string Example = "{ \"id\": \"everything-else\", \"match\": { \"path\": \"/{**rest}\" }, \"stage\": \"legacy\" }";

    public static void Check(PlacedValue list, IReadOnlyList<RouteReader.Placed> routes, RouteErrors errors)
    {
        var at = list.Items.Find(item => string.Equals(item["id"]?.Text, OwnedRoute.EverythingElseId, StringComparison.OrdinalIgnoreCase));
        if (at is null)
        {
            errors.Add(list.Start, list.Path, null, "The last entry 'everything-else' is missing.", $"End the list with {Example}.");
            return;
        }

        if (at != list.Items[^1]) errors.Add(at["id"]!, "'everything-else' must be the last entry.", "Move it to the end of the list.");
        if (routes.FirstOrDefault(placed => placed.At == at)?.Route is not { } route) return;
        if (!route.Template.IsEverything || route.Methods.Count > 0 || route.Hosts.Count > 0 || route.Weight > 0)
        {
            errors.Add(at["match"]!, "'everything-else' must match everything.", "Write \"match\": { \"path\": \"/{**rest}\" }, without methods, hosts and conditions.");
        }

        if (route.Stage != Stage.Legacy) errors.Add(at["stage"]!, "'everything-else' belongs to legacy.", "Write \"legacy\"; give what moves an entry of its own.");
        if (at["service"] is { } service) errors.Add(service, "'everything-else' never moves to one service.", "Leave \"service\" out; give what moves an entry of its own.");
        if (route.IdentityRequired) errors.Add(at["identity"]!, "'everything-else' needs no identity: legacy knows its users itself.", "Leave \"identity\" out.");
    }
}
