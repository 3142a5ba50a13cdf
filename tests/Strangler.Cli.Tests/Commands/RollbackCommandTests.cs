namespace Strangler.Cli.Tests.Commands;

public sealed class RollbackCommandTests
{
    [Fact]
    public async Task A_rollback_leads_to_the_stage_before_the_last_change()
    {
        await using var facade = await RunningFacade.StartAsync();
        var before = facade.Text;
        await facade.RunAsync("flip", "orders", "--to", "service", "--why", "x");

        var run = await facade.RunAsync("rollback", "orders", "--why", "wrong totals", "--who", "ana");

        Assert.Equal(new ToolRun(0, "Route 'orders': service -> legacy, live in revision 3.\n", ""), run);
        Assert.Equal("legacy", await facade.WhoAnswersAsync("/orders/"));
        Assert.Equal(before, facade.Text);
        Assert.Equal("wrong totals", (await facade.RunAsync("history", "orders", "--json")).Json.EnumerateArray().Last().GetProperty("why").GetString());
    }

    [Fact]
    public async Task A_second_rollback_does_not_lead_forward()
    {
        await using var facade = await RunningFacade.StartAsync();
        await facade.RunAsync("flip", "orders", "--to", "service", "--why", "x");
        await facade.RunAsync("rollback", "orders", "--why", "wrong totals");

        var second = await facade.RunAsync("rollback", "orders", "--why", "still wrong?");

        Assert.Equal(new ToolRun(0, "Route 'orders' is in stage legacy already (revision 3); nothing was changed.\n", ""), second);
        Assert.Equal("legacy", await facade.WhoAnswersAsync("/orders/"));
    }

    [Fact]
    public async Task A_route_that_began_with_its_service_goes_back_to_legacy()
    {
        await using var facade = await RunningFacade.StartAsync("""{ "id": "born", "match": { "path": "/born" }, "service": "orders", "stage": "service" },""");
        Assert.Equal("service", await facade.WhoAnswersAsync("/born"));

        var run = await facade.RunAsync("rollback", "born", "--why", "x");

        Assert.Equal("Route 'born': service -> legacy, live in revision 2.\n", run.Output);
        Assert.Equal("legacy", await facade.WhoAnswersAsync("/born"));
    }

    [Fact]
    public async Task A_flip_that_the_facade_refused_is_rolled_back_to_what_it_serves()
    {
        await using var facade = await RunningFacade.StartAsync();
        var before = facade.Text;
        await facade.RunAsync("flip", "private", "--to", "service", "--why", "x");

        var run = await facade.RunAsync("rollback", "private", "--why", "no keys yet");

        Assert.Equal("Route 'private': service -> legacy, live in revision 1.\n", run.Output);
        Assert.Equal(before, facade.Text);
    }

    [Fact]
    public async Task With_a_dead_admin_listener_the_file_is_rolled_back_by_the_history_and_that_nobody_confirmed_is_said()
    {
        await using var facade = await RunningFacade.StartAsync();
        var before = facade.Text;
        await facade.RunAsync("flip", "orders", "--to", "service", "--why", "x");
        await facade.StopAsync();

        var run = await facade.RunAsync("rollback", "orders", "--why", "all is down", "--routes", facade.RoutesPath);
        var again = await facade.RunAsync("rollback", "orders", "--why", "all is down", "--routes", facade.RoutesPath, "--json");

        Assert.Equal(new ToolRun(0, $"Route 'orders': service -> legacy, written to {facade.RoutesPath}. Nobody confirmed that it is live.\n", ""), run);
        Assert.Equal(before, facade.Text);
        Assert.False(again.Json.GetProperty("confirmed").GetBoolean());
        Assert.False(again.Json.GetProperty("changed").GetBoolean());
        await facade.StartAgainAsync();
        Assert.Equal("legacy", await facade.WhoAnswersAsync("/orders/"));
    }

    [Fact]
    public async Task Without_any_history_a_dead_facade_is_rolled_back_to_legacy()
    {
        await using var facade = await RunningFacade.StartAsync();
        await facade.RunAsync("flip", "orders", "--to", "service", "--why", "x");
        await facade.StopAsync();

        var run = await facade.RunAsync("rollback", "orders", "--why", "x", "--routes", facade.RoutesPath, "--state", Path.Combine(facade.Folder.FullName, "none"));

        Assert.StartsWith("Route 'orders': service -> legacy, written to", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dead_admin_listener_without_a_file_is_code_3_with_the_way_out()
    {
        var run = await ToolRun.Of("rollback", "orders", "--why", "x", "--admin", Ports.FreeUrl());

        Assert.Equal(3, run.Code);
        Assert.EndsWith("Or edit its file without it: --routes FILE.\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_route_is_answered_with_the_near_one()
    {
        await using var facade = await RunningFacade.StartAsync();

        var run = await facade.RunAsync("rollback", "pepole", "--why", "x");

        Assert.Equal(1, run.Code);
        Assert.Contains("Did you mean \"people\"?", run.Error, StringComparison.Ordinal);
    }
}
