namespace Strangler.Facade.Tests;

public sealed class StepPlanTests
{
    [Theory]
    [InlineData("5", "Pass", 600, "canary 25")]
    [InlineData("5", "Pass", 599, null)]
    [InlineData("5", "Inconclusive", 6000, null)]
    [InlineData("5", "Fail", 0, "legacy")]
    [InlineData("3", "Pass", 600, "canary 5")]
    [InlineData("30", "Pass", 600, "canary 50")]
    [InlineData("50", "Pass", 600, "canary 100")]
    [InlineData("100", "Pass", 600, null)]
    [InlineData("100", "Fail", 0, "legacy")]
    public void A_plan_goes_on_stays_or_goes_back(string share, string verdict, int seconds, string? next)
    {
        var rule = Tables.Of($$"""
            { "id": "a", "match": { "path": "/a", "methods": ["GET"] }, "service": "orders", "stage": "canary", "canary": { "share": {{share}}, "steps": [5, 25, 50, 100], "every": "00:10:00" } },
            """).Route("a")!.Canary!;

        Assert.Equal(next, StepPlan.Next(rule, Enum.Parse<GateVerdict>(verdict), TimeSpan.FromSeconds(seconds))?.ToString());
    }
}
