using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Strangler.Cli.Flipping;
using Strangler.Tests.Servers;

namespace Strangler.Cli.Tests.Commands;

public sealed class FlipCommandTests
{
    [Fact]
    public async Task A_flip_moves_the_route_and_changes_one_word_of_the_file()
    {
        await using var facade = await RunningFacade.StartAsync();
        var before = facade.Text;
        Assert.Equal("legacy", await facade.WhoAnswersAsync("/people/1"));

        var run = await facade.RunAsync("flip", "people", "--to", "service", "--why", "the service is ready", "--who", "ana");

        Assert.Equal(new ToolRun(0, "Route 'people': legacy -> service, live in revision 2.\n", ""), run);
        Assert.Equal("service", await facade.WhoAnswersAsync("/people/1"));
        Assert.Equal("legacy", await facade.WhoAnswersAsync("/orders/1"));
        Assert.Equal(before.Replace("\"stage\"  :  \"legacy\"", "\"stage\"  :  \"service\"", StringComparison.Ordinal), facade.Text);
    }

    [Fact]
    public async Task The_history_says_who_and_why()
    {
        await using var facade = await RunningFacade.StartAsync();
        await facade.RunAsync("flip", "orders", "--to", "service", "--why", "the service is ready", "--who", "ana");

        var history = (await facade.RunAsync("history", "orders", "--json")).Json;

        var last = history.EnumerateArray().Last();
        Assert.Equal("ana", last.GetProperty("who").GetString());
        Assert.Equal("the service is ready", last.GetProperty("why").GetString());
        Assert.Equal("legacy", last.GetProperty("before").GetString());
        Assert.Equal("service", last.GetProperty("after").GetString());
        Assert.Equal(2, last.GetProperty("revision").GetInt64());
    }

    [Fact]
    public async Task A_script_reads_what_came_of_it()
    {
        await using var facade = await RunningFacade.StartAsync();

        var run = await facade.RunAsync("flip", "ORDERS", "--to", "service", "--why", "x", "--json");

        Assert.Equal(0, run.Code);
        Assert.Equal("legacy", run.Json.GetProperty("before").GetString());
        Assert.Equal("service", run.Json.GetProperty("after").GetString());
        Assert.True(run.Json.GetProperty("changed").GetBoolean());
        Assert.True(run.Json.GetProperty("confirmed").GetBoolean());
        Assert.Equal(2, run.Json.GetProperty("revision").GetInt64());
        Assert.Equal(RoutesText.HashOf(File.ReadAllBytes(facade.RoutesPath)), run.Json.GetProperty("hash").GetString());
        Assert.Equal(facade.RoutesPath, run.Json.GetProperty("file").GetString());
    }

    [Fact]
    public async Task A_canary_is_raised_step_by_step_and_rolled_back_in_one()
    {
        await using var facade = await RunningFacade.StartAsync();
        var before = facade.Text;

        var first = await facade.RunAsync("flip", "people", "--to", "canary", "--share", "12.50", "--why", "x");
        var share = facade.Text;
        var second = await facade.RunAsync("flip", "people", "--to", "canary", "--share", "100", "--why", "x");
        var same = await facade.RunAsync("flip", "people", "--to", "canary", "--share", "100.0", "--why", "x");
        var service = await facade.WhoAnswersAsync("/people/1");
        var status = await facade.RunAsync("status");
        var back = await facade.RunAsync("rollback", "people", "--why", "x");

        Assert.Equal(new ToolRun(0, "Route 'people': legacy -> canary 12.5, live in revision 2.\n", ""), first);
        Assert.Equal(before.Replace("\"stage\"  :  \"legacy\"", "\"stage\"  :  \"canary\", \"canary\": { \"share\": 12.5 }", StringComparison.Ordinal), share);
        Assert.Equal(new ToolRun(0, "Route 'people': canary 12.5 -> canary 100, live in revision 3.\n", ""), second);
        Assert.Equal("Route 'people' is in stage canary 100 already (revision 3); nothing was changed.\n", same.Output);
        Assert.Equal("service", service);
        Assert.Contains("canary 100", status.Output, StringComparison.Ordinal);
        Assert.Equal(new ToolRun(0, "Route 'people': canary 100 -> legacy, live in revision 4.\n", ""), back);
        Assert.Equal("legacy", await facade.WhoAnswersAsync("/people/1"));
        Assert.Equal("Route 'people': legacy -> canary 100, live in revision 5.\n", (await facade.RunAsync("flip", "people", "--to", "canary", "--why", "the share stayed in the file")).Output);
    }

    [Fact]
    public async Task A_canary_that_would_have_two_writers_or_no_share_is_never_written()
    {
        await using var facade = await RunningFacade.StartAsync();
        var before = facade.Text;

        var writers = await facade.RunAsync("flip", "orders", "--to", "canary", "--share", "5", "--why", "x");
        var none = await facade.RunAsync("flip", "people", "--to", "canary", "--why", "x");

        Assert.Equal((1, 1), (writers.Code, none.Code));
        Assert.Contains("would be refused with 'orders' in stage canary 5, so nothing was written. 1 error:", writers.Error, StringComparison.Ordinal);
        Assert.Contains("two writers", writers.Error, StringComparison.Ordinal);
        Assert.Contains("The stage 'canary' needs a share.", none.Error, StringComparison.Ordinal);
        Assert.Equal(before, facade.Text);
    }

    [Fact]
    public async Task A_promotion_waits_for_its_gates_unless_somebody_forces_it_and_says_so()
    {
        await using var facade = await RunningFacade.StartAsync("""{ "id": "held", "match": { "path": "/held", "methods": ["GET"] }, "service": "orders", "gates": { "samples": 5 }, "stage": "legacy" },""");
        Assert.Equal(0, (await facade.RunAsync("flip", "held", "--to", "canary", "--share", "50", "--why", "the first step needs no gate")).Code);
        var before = facade.Text;

        var gates = await facade.RunAsync("gates", "held");
        var held = await facade.RunAsync("flip", "held", "--to", "service", "--why", "impatient");
        var raised = await facade.RunAsync("flip", "held", "--to", "canary", "--share", "60", "--why", "impatient");
        var unchanged = facade.Text;
        var forced = await facade.RunAsync("flip", "held", "--to", "canary", "--share", "60", "--why", "impatient", "--force");
        var back = await facade.RunAsync("flip", "held", "--to", "canary", "--share", "10", "--why", "back needs none");

        Assert.Equal(1, gates.Code);
        Assert.Contains("inconclusive", gates.Output, StringComparison.Ordinal);
        Assert.Contains("0 of 5 requests answered by the service", gates.Output, StringComparison.Ordinal);
        Assert.Equal((1, 1), (held.Code, raised.Code));
        Assert.StartsWith("The gates of route 'held' do not let it on to service, so nothing was written. inconclusive: errors inconclusive (", held.Error, StringComparison.Ordinal);
        Assert.Equal(before, unchanged);
        Assert.Equal((0, 0), (forced.Code, back.Code));
        var history = (await facade.RunAsync("history", "held")).Output;
        Assert.Contains("impatient (forced past the gates, inconclusive: errors inconclusive (", history, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_promotion_whose_gates_pass_goes_on()
    {
        await using var facade = await RunningFacade.StartAsync("""{ "id": "held", "match": { "path": "/held", "methods": ["GET"] }, "service": "orders", "gates": { "samples": 5, "errors": 90, "latency": 100 }, "stage": "legacy" },""");
        await facade.RunAsync("flip", "held", "--to", "canary", "--share", "50", "--why", "x");
        await Wait.UntilAsync(
            async () =>
            {
                for (var i = 0; i < 50; i++) await facade.WhoAnswersStrangerAsync("/held");
                return (await facade.RunAsync("gates", "held", "--json")).Code == 0;
            },
            "the gates pass");

        var run = await facade.RunAsync("flip", "held", "--to", "service", "--why", "as good as legacy");

        Assert.Equal(new ToolRun(0, "Route 'held': canary 50 -> service, live in revision 3.\n", ""), run);
    }

    [Fact]
    public async Task A_route_that_is_there_already_is_left_alone()
    {
        await using var facade = await RunningFacade.StartAsync();
        var before = facade.Text;

        var run = await facade.RunAsync("flip", "orders", "--to", "legacy", "--why", "x");

        Assert.Equal(new ToolRun(0, "Route 'orders' is in stage legacy already (revision 1); nothing was changed.\n", ""), run);
        Assert.Equal(before, facade.Text);
    }

    [Fact]
    public async Task An_unknown_route_is_answered_with_the_near_one()
    {
        await using var facade = await RunningFacade.StartAsync();
        var before = facade.Text;

        var run = await facade.RunAsync("flip", "oders", "--to", "service", "--why", "x");

        Assert.Equal(1, run.Code);
        Assert.Contains("There is no route 'oders'. Did you mean \"orders\"?", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, facade.Text);
    }

    [Fact]
    public async Task What_the_validator_would_refuse_is_never_written()
    {
        await using var facade = await RunningFacade.StartAsync();
        var before = facade.Text;

        var run = await facade.RunAsync("flip", "nowhere", "--to", "service", "--why", "x");

        Assert.Equal(1, run.Code);
        Assert.Contains("would be refused with 'nowhere' in stage service, so nothing was written. 1 error:", run.Error, StringComparison.Ordinal);
        Assert.Contains("$.routes[2]", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, facade.Text);
    }

    [Fact]
    public async Task What_the_facade_refuses_stays_in_the_file_and_is_explained()
    {
        await using var facade = await RunningFacade.StartAsync();

        var run = await facade.RunAsync("flip", "private", "--to", "service", "--why", "x");
        var again = await facade.RunAsync("flip", "private", "--to", "service", "--why", "x", "--json");

        Assert.Equal(1, run.Code);
        Assert.StartsWith($"The facade refused the file; it stands as written in '{facade.RoutesPath}', and revision 1 goes on serving:", run.Error, StringComparison.Ordinal);
        Assert.Contains("Facade:RemoteAuthenticationKey and Identity:PrivateKey are not both set", run.Error, StringComparison.Ordinal);
        Assert.Contains("\"identity\": \"required\", \"stage\": \"service\"", facade.Text, StringComparison.Ordinal);
        Assert.Equal("legacy", await facade.WhoAnswersAsync("/private"));
        Assert.Equal(1, again.Code);
        Assert.Equal("failed", again.Json.GetProperty("failure").GetString());
        Assert.Equal("$.routes[3].stage", again.Json.GetProperty("errors")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task A_refused_flip_is_taken_back_by_the_next_one()
    {
        await using var facade = await RunningFacade.StartAsync();
        await facade.RunAsync("flip", "private", "--to", "service", "--why", "x");

        var back = await facade.RunAsync("flip", "private", "--to", "legacy", "--why", "x");

        Assert.Equal(0, back.Code);
        Assert.Equal("null", (await facade.RunAsync("status", "--json")).Json.GetProperty("refused").GetRawText());
    }

    [Fact]
    public async Task Many_flips_at_once_lose_none_and_each_has_its_own_line_of_history()
    {
        const int count = 8;
        var entries = string.Concat(Enumerable.Range(0, count).Select(n => $$"""{ "id": "r{{n}}", "match": { "path": "/r{{n}}" }, "service": "orders", "stage": "legacy" },"""));
        await using var facade = await RunningFacade.StartAsync(entries);

        var runs = await Task.WhenAll(Enumerable.Range(0, count).Select(n =>
            Task.Run(() => facade.RunAsync("flip", $"r{n}", "--to", "service", "--why", $"number {n}", "--who", $"team {n}", "--timeout", "60"))));

        Assert.All(runs, run => Assert.Equal((0, ""), (run.Code, run.Error)));
        for (var n = 0; n < count; n++)
        {
            Assert.Equal("service", await facade.WhoAnswersAsync($"/r{n}"));
            var last = (await facade.RunAsync("history", $"r{n}", "--json")).Json.EnumerateArray().Last();
            Assert.Equal($"team {n}: number {n}", $"{last.GetProperty("who").GetString()}: {last.GetProperty("why").GetString()}");
        }

        Assert.Equal(["routes.json"], facade.Folder.GetFiles().Select(file => file.Name));
    }

    [Fact]
    public async Task An_edit_by_hand_just_before_is_neither_lost_nor_taken_for_the_flip()
    {
        await using var facade = await RunningFacade.StartAsync();
        facade.Text = facade.Text.Replace("// Ours.", "// Ours and yours.", StringComparison.Ordinal);

        var run = await facade.RunAsync("flip", "orders", "--to", "service", "--why", "x", "--who", "ana");

        Assert.Equal("Route 'orders': legacy -> service, live in revision 3.\n", run.Output);
        Assert.StartsWith("// Ours and yours.", facade.Text, StringComparison.Ordinal);
        var who = (await facade.RunAsync("history", "--json")).Json.EnumerateArray().Select(entry => (entry.GetProperty("revision").GetInt64(), entry.GetProperty("who").GetString()));
        Assert.Contains((2, "file"), who);
        Assert.Contains((3, "ana"), who);
    }

    [Fact]
    public async Task An_edit_by_hand_in_the_middle_of_a_flip_is_not_overwritten()
    {
        await using var facade = await RunningFacade.StartAsync();
        var text = RoutesText.Find(facade.RoutesPath, "");
        var seen = text.Read();
        facade.Text += "// late";

        Assert.False(text.Replace(seen, "{}"u8.ToArray()));

        Assert.EndsWith("// late", facade.Text, StringComparison.Ordinal);
        Assert.Equal(["routes.json"], facade.Folder.GetFiles().Select(file => file.Name));
    }

    [Fact]
    public async Task Mode_and_link_of_the_file_stay()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file modes are Unix");
        await using var facade = await RunningFacade.StartAsync();
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(facade.RoutesPath, mode);
        var link = Path.Combine(facade.Folder.FullName, "link.json");
        File.CreateSymbolicLink(link, facade.RoutesPath);

        var run = await facade.RunAsync("flip", "orders", "--to", "service", "--why", "x", "--routes", link);

        Assert.Equal(0, run.Code);
        Assert.Equal(facade.RoutesPath, new FileInfo(link).LinkTarget);
        if (!OperatingSystem.IsWindows()) Assert.Equal(mode, File.GetUnixFileMode(facade.RoutesPath));
        Assert.Equal("service", await facade.WhoAnswersAsync("/orders/"));
    }

    [Fact]
    public async Task Another_file_than_the_one_the_facade_reads_is_not_touched()
    {
        await using var facade = await RunningFacade.StartAsync();
        var other = Path.Combine(facade.Folder.FullName, "other.json");
        File.WriteAllText(other, facade.Text + "\n");

        var run = await facade.RunAsync("flip", "orders", "--to", "service", "--why", "x", "--routes", other, "--timeout", "0.5");

        Assert.Equal(1, run.Code);
        Assert.Contains($"'{other}' is not what the facade at", run.Error, StringComparison.Ordinal);
        Assert.Equal(facade.Text + "\n", File.ReadAllText(other));
    }

    [Fact]
    public async Task A_facade_that_is_not_there_is_code_3_and_nothing_is_written()
    {
        var run = await ToolRun.Of("flip", "orders", "--to", "service", "--why", "x", "--admin", Ports.FreeUrl());

        Assert.Equal(3, run.Code);
        Assert.Matches("^The facade does not answer at http://127.0.0.1:\\d+/: .* Start it, or say where its admin listener is: --admin URL.\n$", run.Error);
    }

    [Fact]
    public async Task A_facade_that_never_reports_the_change_is_waited_for_no_longer_than_told()
    {
        var folder = Directory.CreateTempSubdirectory("strangler-cli-");
        var file = Path.Combine(folder.FullName, "routes.json");
        await ToolRun.Of("init", "--legacy", "http://127.0.0.1:1", "--routes", file);
        File.WriteAllText(file, File.ReadAllText(file).Replace("// {", "{", StringComparison.Ordinal).Replace("// \"orders\"", "\"orders\"", StringComparison.Ordinal));
        var hash = RoutesText.HashOf(File.ReadAllBytes(file));
        await using var deaf = await FakeAdmin.StartAsync(context => context.Response.WriteAsJsonAsync(
            new { revision = 1, hash, file, live_since = DateTimeOffset.UnixEpoch, routes = Array.Empty<object>(), refused = (object?)null }));
        var watch = Stopwatch.StartNew();

        var run = await ToolRun.Of("flip", "orders", "--to", "service", "--why", "x", "--timeout", "0.5", "--admin", deaf.Url);

        Assert.Equal(new ToolRun(1, "", $"'{file}' is written, but the facade has not reported it live within 0.5 s. See `strangler status`.\n"), run);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(15));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_facade_that_restarts_in_the_middle_is_waited_for()
    {
        await using var facade = await RunningFacade.StartAsync();
        var before = facade.Text;
        var asked = 0;
        await using var between = await FakeAdmin.StartAsync(async context =>
        {
            // The fourth question comes after the file was written: the facade is away then.
            if (context.Request.Path == "/status" && Interlocked.Increment(ref asked) == 4) context.Abort();
            else await PassOnAsync(context, facade.Admin);
        });

        var run = await ToolRun.Of("flip", "orders", "--to", "service", "--why", "x", "--admin", between.Url);

        Assert.Equal(new ToolRun(0, "Route 'orders': legacy -> service, live in revision 2.\n", ""), run);
        Assert.NotEqual(before, facade.Text);
        Assert.True(asked > 4);
    }

    [Fact]
    public async Task Whoever_holds_the_file_is_waited_for_and_named_when_it_takes_too_long()
    {
        await using var facade = await RunningFacade.StartAsync();
        var before = facade.Text;
        Task<ToolRun> patient;
        using (await RoutesLock.AcquireAsync(facade.RoutesPath, new(TimeSpan.FromSeconds(1), TimeProvider.System), CancellationToken.None))
        {
            var hasty = await facade.RunAsync("flip", "orders", "--to", "service", "--why", "x", "--timeout", "0.3");
            patient = Task.Run(() => facade.RunAsync("flip", "orders", "--to", "service", "--why", "x", "--timeout", "60"));

            Assert.Equal(new ToolRun(1, "", $"Another flip of '{facade.RoutesPath}' is still under way after 0.3 s. Try again, or give it more time: --timeout SECONDS.\n"), hasty);
            Assert.Equal(before, facade.Text);
        }

        Assert.Equal(0, (await patient).Code);
        await Wait.UntilAsync(() => !File.Exists(facade.RoutesPath + ".lock"), "the lock is gone");
    }

    private static async Task PassOnAsync(HttpContext context, string admin)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(new(context.Request.Method), $"{admin}{context.Request.Path}{context.Request.QueryString}");
        if (context.Request.ContentType is { } type)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var answer = await client.SendAsync(request);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body);
    }
}
