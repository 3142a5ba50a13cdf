namespace Strangler.Facade.Tests;

/// <summary>
/// Tests that hold in every stage. Each class of them is abstract and has one sealed class a stage; the map of the list fails when one
/// is missing.
/// </summary>
public abstract class StagedTests(Stage stage)
{
    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    internal Stage Stage => stage;

    /// <summary>A facade whose every request that owner answers, as legacy or as a service by the stage.</summary>
    internal Task<RunningFacade> InFrontOfAsync(Uri owner, params string[] settings) => RunningFacade.InStageAsync(stage, owner, settings);

    /// <summary>The same, with more members for the route and for the owners.</summary>
    internal Task<RunningFacade> WithAsync(Uri owner, string route, string owners, params string[] settings) =>
        RunningFacade.InStageAsync(stage, owner, Tables.InStage(stage, route, owners), settings);
}
