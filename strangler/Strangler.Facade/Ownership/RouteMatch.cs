namespace Strangler.Facade;

/// <summary>Which requests a route takes.</summary>
/// <param name="Template">Their paths.</param>
/// <param name="Methods">Their methods, upper case; empty for every method.</param>
/// <param name="Hosts">Their hosts; empty for every host.</param>
/// <param name="Conditions">What they must have besides, all of it; empty for nothing.</param>
internal sealed record RouteMatch(PathTemplate Template, IReadOnlyList<string> Methods, IReadOnlyList<HostPattern> Hosts, IReadOnlyList<RouteCondition> Conditions);
