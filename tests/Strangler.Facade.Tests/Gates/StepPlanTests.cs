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
    public void A_plan_goes_on_stays_or_goes_back(string share, string verdict, int seconds, string? next) =>
        Assert.Equal(next, StepPlan.Next(Canary(share), Enum.Parse<GateVerdict>(verdict), TimeSpan.FromSeconds(seconds), null)?.ToString());

    [Theory]
    [InlineData("100", "previous", "canary 50")]
    [InlineData("30", "previous", "canary 25")]
    [InlineData("25", "previous", "canary 5")]
    [InlineData("5", "previous", "legacy")]
    [InlineData("50", "pause", null)]
    [InlineData("50", "legacy", "legacy")]
    public void A_canary_whose_gates_fail_goes_where_its_entry_says(string share, string onFailure, string? next) =>
        Assert.Equal(next, StepPlan.Next(Canary(share, onFailure), GateVerdict.Fail, TimeSpan.Zero, null)?.ToString());

    [Theory]
    [InlineData("legacy", "canary 50", "legacy")]
    [InlineData("previous", "canary 50", "canary 50")]
    [InlineData("previous", "shadow", "shadow")]
    [InlineData("previous", "legacy", "legacy")]
    [InlineData("previous", null, "legacy")]
    [InlineData("pause", "canary 50", null)]
    public void A_service_whose_gates_fail_goes_where_its_entry_says(string onFailure, string? before, string? next)
    {
        var route = Tables.Of($$"""{ "id": "a", "match": { "path": "/a", "methods": ["GET"] }, "service": "orders", "stage": "service", "gates": { "onFailure": "{{onFailure}}" } },""").Route("a")!;

        Assert.Equal(next, StepPlan.Next(route, GateVerdict.Fail, TimeSpan.Zero, Line("ana", before, "service"))?.ToString());
        Assert.Null(StepPlan.Next(route, GateVerdict.Pass, TimeSpan.FromDays(1), Line("ana", before, "service")));
    }

    [Theory]
    [InlineData("gates", "canary 25", "canary 5", null)]
    [InlineData("gates", "service", "canary 5", null)]
    [InlineData("gates", "canary 1", "canary 5", "canary 25")]
    [InlineData("ana", "canary 25", "canary 5", "canary 25")]
    public void What_a_plan_came_back_from_is_not_tried_again_by_itself(string who, string before, string after, string? next) =>
        Assert.Equal(next, StepPlan.Next(Canary("5", "previous"), GateVerdict.Pass, TimeSpan.FromHours(1), Line(who, before, after))?.ToString());

    private static HistoryEntry Line(string who, string? before, string after) => new(1, default, who, "", "a", before, after, "", "", null);

    private static OwnedRoute Canary(string share, string onFailure = "legacy") => Tables.Of($$"""
        { "id": "a", "match": { "path": "/a", "methods": ["GET"] }, "service": "orders", "stage": "canary",
          "canary": { "share": {{share}}, "steps": [5, 25, 50, 100], "every": "00:10:00" }, "gates": { "onFailure": "{{onFailure}}" } },
        """).Route("a")!;
}
