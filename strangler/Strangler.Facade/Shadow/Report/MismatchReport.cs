namespace Strangler.Facade;

/// <summary>What stage shadow has found on one route, as GET /mismatches says it.</summary>
/// <param name="Route">The route's id.</param>
/// <param name="Stage">Its stage now; the findings are those of the last stay in stage shadow.</param>
/// <param name="Service">The candidate.</param>
/// <param name="Since">Since when it has been compared.</param>
/// <param name="Counts">What became of its requests.</param>
/// <param name="AskedTwice">How often legacy was compared with itself.</param>
/// <param name="LegacyWrote">GET and HEAD whose answer by legacy shows that they changed something.</param>
/// <param name="ServiceWrote">The same by the service.</param>
/// <param name="LegacyRows">Whether legacy's rows changed when it was asked again; null when the route names no counter of them.</param>
/// <param name="Fields">The fields that differed, mismatches first.</param>
/// <param name="FieldsLeftOut">Differences that found no place, because too many fields differ.</param>
internal sealed record MismatchReport(
    string Route, string Stage, string Service, DateTimeOffset Since, ShadowCounts Counts, long AskedTwice, long LegacyWrote, long ServiceWrote, RowsSeen? LegacyRows,
    IReadOnlyList<FieldMismatch> Fields, long FieldsLeftOut)
{
    public static MismatchReport Of(OwnedRoute route, RouteShadow shadow) => new(
        route.Id, route.Stage.Word(), shadow.Service.Plan.Owner.Name, shadow.Since, shadow.Tally.Read(), shadow.Mismatches.AskedTwice,
        shadow.Warnings.LegacyWrote, shadow.Warnings.ServiceWrote, shadow.Settings.Changes is null ? null : shadow.Rows.Read(), shadow.Mismatches.Read(shadow.Settings), shadow.Mismatches.Overflow);
}
