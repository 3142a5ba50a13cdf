namespace Strangler.Facade.Tests;

/// <summary>
/// Tests that hold in every stage, whoever answers. Each class of them is abstract and has one sealed class a <see cref="Place"/>; the map of the list
/// fails when one is missing.
/// </summary>
public abstract class StagedTests(Place place)
{
    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    internal Place Place => place;

    /// <summary>A facade whose every request that owner answers, as legacy or as a service by the place.</summary>
    internal Task<RunningFacade> InFrontOfAsync(Uri owner, params string[] settings) => WithAsync(owner, "", "", settings);

    /// <summary>The same, with more members for the route (each followed by a comma) and for both owners (each preceded by one).</summary>
    internal Task<RunningFacade> WithAsync(Uri owner, string route, string owners, params string[] settings) =>
        RunningFacade.AtAsync(place, owner, Tables.At(place, route, owners), settings);
}
