using Microsoft.AspNetCore.Http;

namespace Strangler.Cli.Tests.Commands;

/// <summary>status, explain and history: they ask and change nothing.</summary>
public sealed class AskingCommandsTests
{
    [Fact]
    public async Task Status_lists_who_answers_what()
    {
        await using var facade = await RunningFacade.StartAsync();
        await facade.RunAsync("flip", "orders", "--to", "service", "--why", "x");

        var run = await facade.RunAsync("status");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Matches(@"^Revision 2, live since \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ, from .*routes\.json\nHash [0-9a-f]{64}\n\nROUTE ", run.Output);
        Assert.Matches(@"\norders +service +orders +- +- +/orders/\{\*\*rest\}\n", run.Output);
        Assert.Matches(@"\npeople +legacy +legacy +- +- +GET,HEAD /people/\{\*\*rest\}\n", run.Output);
        Assert.Matches(@"\norders\n  \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ, revision 2, from legacy by \S+: x\n", run.Output);
        Assert.DoesNotContain("refused", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_says_that_the_file_was_refused_and_why()
    {
        await using var facade = await RunningFacade.StartAsync();
        await facade.RunAsync("flip", "private", "--to", "service", "--why", "x");

        var run = await facade.RunAsync("status");
        var json = await facade.RunAsync("status", "--json");

        Assert.Equal(0, run.Code);
        Assert.Contains("; revision 1 goes on serving:\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("$.routes[3].stage = \"service\"", run.Output, StringComparison.Ordinal);
        Assert.Equal(1, json.Json.GetProperty("revision").GetInt64());
        Assert.Equal("service", json.Json.GetProperty("refused").GetProperty("errors")[0].GetProperty("value").GetString());
    }

    [Fact]
    public async Task Status_of_some_routes_leaves_the_others_out()
    {
        await using var facade = await RunningFacade.StartAsync();
        await facade.RunAsync("flip", "orders", "--to", "service", "--why", "x");

        var one = await facade.RunAsync("status", "people", "orders");
        var moved = await facade.RunAsync("status", "--stage", "service", "--json");
        var unknown = await facade.RunAsync("status", "order");

        Assert.Contains("\npeople ", one.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\nprivate ", one.Output, StringComparison.Ordinal);
        Assert.Equal("orders", Assert.Single(moved.Json.GetProperty("routes").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal((1, "No live route is called 'order'. See `strangler status`.\n"), (unknown.Code, unknown.Error));
    }

    [Fact]
    public async Task Status_counts_requests_and_failures_of_the_last_minute_by_who_answered()
    {
        await using var facade = await RunningFacade.StartAsync();
        for (var i = 0; i < 3; i++) await facade.WhoAnswersAsync("/orders/1");
        await facade.RunAsync("flip", "orders", "--to", "service", "--why", "x");
        for (var i = 0; i < 2; i++) await facade.WhoAnswersAsync("/orders/1");

        ToolRun run = null!;
        await Strangler.Tests.Servers.Wait.UntilAsync(async () => (run = await facade.RunAsync("status", "orders", "--json")).Json.GetProperty("routes")[0].GetProperty("last_minute").GetProperty("service").GetInt32() == 2, "both are counted");

        Assert.Equal(3, run.Json.GetProperty("routes")[0].GetProperty("last_minute").GetProperty("legacy").GetInt32());
        Assert.Matches(@"\norders +service +orders +3 +2 +/orders/\{\*\*rest\}\n", (await facade.RunAsync("status", "orders")).Output);
    }

    [Fact]
    public async Task Status_shows_services_with_destinations_and_breakers()
    {
        await using var facade = await RunningFacade.StartAsync();

        var run = await facade.RunAsync("status");

        Assert.Matches("\nSERVICE +DESTINATION +HEALTH +IN FLIGHT +BREAKER *\norders +http://127.0.0.1:[0-9]+ +healthy +0 +closed, 0 of 0 failed *\n", run.Output);
    }

    [Fact]
    public async Task A_facade_that_asks_for_a_token_gets_it_from_a_file()
    {
        const string Token = "0123456789abcdef";
        await using var admin = await FakeAdmin.StartAsync(async context =>
        {
            context.Response.StatusCode = context.Request.Headers.Authorization == $"Bearer {Token}" ? 200 : 401;
            await context.Response.WriteAsJsonAsync<object>(context.Response.StatusCode == 200 ? Array.Empty<string>() : new { error = "This facade asks for a token." });
        });
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"{Token}\n", TestContext.Current.CancellationToken);

        var with = await ToolRun.Of("history", "--admin", admin.Url, "--token", file);
        var without = await ToolRun.Of("history", "--admin", admin.Url);
        var missing = await ToolRun.Of("history", "--admin", admin.Url, "--token", file + ".none");

        Assert.Equal((0, ""), (with.Code, with.Error));
        Assert.Equal((1, "This facade asks for a token.\n"), (without.Code, without.Error));
        Assert.Equal(2, missing.Code);
        Assert.StartsWith($"The token file '{file}.none' cannot be read: ", missing.Error, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task Explain_tells_owner_and_reasons()
    {
        await using var facade = await RunningFacade.StartAsync();

        var live = await facade.RunAsync("explain", "POST", "/people/1?x=2");
        var byFile = await ToolRun.Of("explain", "POST", "/people/1?x=2", "--routes", facade.RoutesPath);

        Assert.Equal((0, ""), (live.Code, live.Error));
        Assert.StartsWith("Route everything-else, stage legacy: legacy answers at http://127.0.0.1:", live.Output, StringComparison.Ordinal);
        Assert.Contains("Route 'people' has the path /people/{**rest} but takes only GET, HEAD, not POST.", live.Output, StringComparison.Ordinal);
        Assert.Equal(live, byFile);
    }

    [Fact]
    public async Task Explain_names_the_side_of_a_visitor()
    {
        await using var facade = await RunningFacade.StartAsync();
        await facade.RunAsync("flip", "people", "--to", "canary", "--share", "50", "--why", "x");

        var live = await facade.RunAsync("explain", "GET", "/people/1", "--cookie", "strangler-key=1");
        var byFile = await ToolRun.Of("explain", "GET", "/people/1", "--cookie", "strangler-key=1", "--routes", facade.RoutesPath);

        Assert.Matches("^Route people, stage canary: (orders|legacy) answers at http://127.0.0.1:", live.Output);
        Assert.Contains("The key is the cookie; it draws bucket ", live.Output, StringComparison.Ordinal);
        Assert.Equal(live, byFile);
    }

    [Fact]
    public async Task Explain_takes_headers_and_a_branch()
    {
        await using var facade = await RunningFacade.StartAsync(
            """{ "id": "tested", "match": { "path": "/t", "methods": ["GET"] }, "service": "orders", "stage": "canary", "canary": { "share": 1, "testers": { "header": "X-Side" } } },""");
        var file = Path.Combine(Path.GetDirectoryName(facade.RoutesPath)!, "branches.json");
        await File.WriteAllTextAsync(file, """
            {
              "legacy": { "address": "http://a" }, "branches": { "from": "setting", "known": ["north"] },
              "routes": [
                { "id": "north", "match": { "path": "/x", "branches": ["north"], "headers": { "X-Beta": ["1"] } }, "stage": "legacy" },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """, TestContext.Current.CancellationToken);

        var tester = await facade.RunAsync("explain", "GET", "/t", "--header", "X-Side: service");
        var north = await ToolRun.Of("explain", "GET", "/x", "--header", "x-beta:1", "--branch", "north", "--routes", file);
        var south = await ToolRun.Of("explain", "GET", "/x", "--header", "x-beta:1", "--routes", file);

        Assert.Contains("The header 'X-Side' asks for service 'orders'.", tester.Output, StringComparison.Ordinal);
        Assert.StartsWith("Route north, stage legacy", north.Output, StringComparison.Ordinal);
        Assert.Contains("Route 'north' has the path /x but takes only the branch north, and this one has none.", south.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_for_a_script_is_the_same_from_facade_and_file()
    {
        await using var facade = await RunningFacade.StartAsync();

        var live = await facade.RunAsync("explain", "GET", "http://any.example/orders/1", "--json");
        var byFile = await ToolRun.Of("explain", "GET", "http://any.example/orders/1", "--routes", facade.RoutesPath, "--json");

        Assert.Equal("orders", live.Json.GetProperty("route").GetString());
        Assert.Equal("legacy", live.Json.GetProperty("owner").GetString());
        Assert.Equal("orders", live.Json.GetProperty("service").GetString());
        Assert.Equal(live, byFile);
    }

    [Fact]
    public async Task Explain_refuses_what_is_no_url()
    {
        await using var facade = await RunningFacade.StartAsync();

        var live = await facade.RunAsync("explain", "GET", "orders");
        var byFile = await ToolRun.Of("explain", "GET", "orders", "--routes", facade.RoutesPath);

        Assert.Equal(new ToolRun(1, "", "'orders' is no URL: it begins with '/' or 'http'.\n"), live);
        Assert.Equal(live, byFile);
    }

    [Fact]
    public async Task History_is_one_line_a_change()
    {
        await using var facade = await RunningFacade.StartAsync();
        await facade.RunAsync("flip", "orders", "--to", "service", "--why", "first flip", "--who", "ana");
        await facade.RunAsync("rollback", "orders", "--why", "and back", "--who", "bob");

        var run = await facade.RunAsync("history", "orders");

        var lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Matches("^REVISION +AT +WHO +ROUTE +BEFORE +AFTER +WHY$", lines[0]);
        Assert.Matches("^1 .* orders +- +legacy ", lines[1]);
        Assert.Matches("^2 .* ana +orders +legacy +service +first flip$", lines[2]);
        Assert.Matches("^3 .* bob +orders +service +legacy +and back$", lines[3]);
    }

    [Fact]
    public async Task History_of_a_route_that_never_was_names_those_that_are()
    {
        await using var facade = await RunningFacade.StartAsync();

        var run = await facade.RunAsync("history", "oders");

        Assert.Equal(new ToolRun(1, "", "There is no route 'oders', and there never was. Routes: orders, people, nowhere, private, everything-else.\n"), run);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("explain", "GET", "/")]
    [InlineData("history")]
    public async Task Nobody_there_is_code_3(params string[] command)
    {
        var address = Ports.FreeUrl();

        var text = await ToolRun.Of([.. command, "--admin", address]);
        var json = await ToolRun.Of([.. command, "--admin", address, "--json"]);

        Assert.Equal((3, ""), (text.Code, text.Output));
        Assert.StartsWith($"The facade does not answer at {address}/: ", text.Error, StringComparison.Ordinal);
        Assert.Equal((3, ""), (json.Code, json.Error));
        Assert.Equal("unreachable", json.Json.GetProperty("failure").GetString());
        Assert.Equal(text.Error.TrimEnd(), json.Json.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Somebody_else_there_is_said()
    {
        await using var other = await FakeAdmin.StartAsync(context => context.Response.WriteAsync("<html>"));
        await using var lost = await FakeAdmin.StartAsync(context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });

        Assert.Equal(
            new ToolRun(1, "", $"{other.Url}/ answers not in JSON as expected: is the facade there? Start it, or say where its admin listener is: --admin URL.\n"),
            await ToolRun.Of("status", "--admin", other.Url));
        Assert.Equal(
            new ToolRun(1, "", $"{lost.Url}/ answers with status 404: is the facade there? Start it, or say where its admin listener is: --admin URL.\n"),
            await ToolRun.Of("status", "--admin", lost.Url));
    }
}
