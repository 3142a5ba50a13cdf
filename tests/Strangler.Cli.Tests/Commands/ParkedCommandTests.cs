using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strangler.Messaging;

namespace Strangler.Cli.Tests.Commands;

/// <summary>parked, beside a running service.</summary>
public sealed class ParkedCommandTests
{
    [Fact]
    public async Task List_and_show_tell_what_waits_and_no_value_of_it()
    {
        await using var service = await RunningService.StartAsync();
        var before = await service.RunAsync("parked", "list");
        service.Poison["order/1"] = true;
        await service.PublishAsync("order/1", 1, 2);
        await service.PublishAsync("order/2", 1);
        await service.UntilParkedAsync(2);

        var list = await service.RunAsync("parked", "list");
        var listed = await service.RunAsync("parked", "list", "--json");
        var show = await service.RunAsync("parked", "show", "order/1");
        var shown = await service.RunAsync("parked", "show", "order/1", "--json", "--consumer", "orders");

        Assert.Equal(new ToolRun(0, "Nothing waits.\n", ""), before);
        Assert.Equal((0, ""), (list.Code, list.Error));
        Assert.Matches(@"^CONSUMER +KEY +STATE +SINCE +ATTEMPTS +MESSAGES +TYPE +REASON\norders +order/1 +parked +\d{4}-\S+ +2 +2 +sample\.order\.placed\.v1 +InvalidOperationException: … is unknown\.\n$", list.Output);
        Assert.Equal(("order/1", "parked", 2), listed.Json[0] is var row ? (row.GetProperty("key").GetString(), row.GetProperty("state").GetString(), row.GetProperty("messages").GetInt32()) : default);
        Assert.Equal((0, ""), (show.Code, show.Error));
        Assert.Matches(@"^order/1 of orders: parked since \S+ after 2 attempts, 2 messages wait\.\nInvalidOperationException: … is unknown\.\n\n# +VERSION [^\n]*\n1 +0000000000000001\.00000000 +[^\n]*\{""buyer"":""xxxxx xxxxx""\}\n2 ", show.Output);
        Assert.Equal("""{"buyer":"xxxxx xxxxx"}""", JsonSerializer.Serialize(shown.Json.GetProperty("messages")[1].GetProperty("body")));
        Assert.DoesNotContain("Maria", list.Output + listed.Output + show.Output + shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_applies_what_waits_once_the_cause_is_gone_and_fails_while_it_is_not()
    {
        await using var service = await RunningService.StartAsync();
        service.Poison["order/1"] = true;
        await service.PublishAsync("order/1", 1, 2);
        await service.UntilParkedAsync(2);

        var early = await service.RunAsync("parked", "retry", "order/1");
        await service.UntilParkedAsync(2);
        service.Poison.Clear();
        var late = await service.RunAsync("parked", "retry", "--all", "--who", "ana", "--json");
        var again = await service.RunAsync("parked", "retry", "order/1");
        var none = await service.RunAsync("parked", "retry", "--all");

        Assert.Equal(new ToolRun(1, "", "order/1 waits: 0 applied, 2 left: InvalidOperationException: … is unknown.\n"), early);
        Assert.Equal((0, "flows", 2), (late.Code, late.Json[0].GetProperty("outcome").GetString(), late.Json[0].GetProperty("applied").GetInt32()));
        Assert.Equal(new ToolRun(1, "", "order/1 unknown: no message of it waits.\n"), again);
        Assert.Equal(new ToolRun(0, "Nothing is parked.\n", ""), none);
        Assert.Equal(2, service.Counts.Applied);
    }

    [Fact]
    public async Task Discard_gives_up_what_fails_and_lets_the_rest_flow()
    {
        await using var service = await RunningService.StartAsync();
        service.Poison["order/1"] = true;
        await service.PublishAsync("order/1", 1, 2, 3);
        await service.UntilParkedAsync(3);

        var one = await service.RunAsync("parked", "discard", "order/1", "--why", "a test of legacy's");
        await service.UntilParkedAsync(2);
        var rest = await service.RunAsync("parked", "discard", "order/1", "--why", "a test of legacy's", "--all-messages", "--json");

        Assert.Equal(new ToolRun(1, "", "order/1 waits: 0 applied, 1 discarded, 2 left: InvalidOperationException: … is unknown.\n"), one);
        Assert.Equal((0, 2, 0), (rest.Code, rest.Json.GetProperty("discarded").GetInt32(), rest.Json.GetProperty("left").GetInt32()));
        Assert.Equal("Nothing waits.\n", (await service.RunAsync("parked", "list")).Output);
    }

    [Fact]
    public async Task A_transaction_whose_rest_does_not_come_is_named_and_goes_without_it_when_an_operator_says_so()
    {
        await using var service = await RunningService.StartAsync(whole: true);
        await service.PublishAsync(new MessageTransaction("t-1").With([new(RunningService.Placed, 2)]), "order/1", 1);
        await service.UntilParkedAsync(1);

        var again = await service.RunAsync("parked", "retry", "order/1");
        var gone = await service.RunAsync("parked", "retry", "order/1", "--incomplete");

        Assert.Equal(1, again.Code);
        Assert.StartsWith("order/1 waits: 0 applied, 1 left: Transaction 'urn:sample t-1' is not whole: 1 of 2 messages came since ", again.Error, StringComparison.Ordinal);
        Assert.Equal((0, "order/1 flows: 1 applied\n"), (gone.Code, gone.Output));
    }

    [Fact]
    public async Task Nobody_is_let_in_without_the_token_and_everybody_sees_the_counts()
    {
        await using var service = await RunningService.StartAsync();
        var wrong = Path.GetTempFileName();
        await File.WriteAllTextAsync(wrong, "another-token-of-nobody");
        using var http = new HttpClient { BaseAddress = new(service.Url) };

        var refused = await ToolRun.Of("parked", "list", "--service", service.Url, "--token", wrong);
        File.Delete(wrong);

        Assert.Equal((1, "This host asks operators for its token: give the file, --token FILE or STRANGLER_SERVICE_TOKEN; over HTTP, the header 'Authorization: Bearer TOKEN'.\n"), (refused.Code, refused.Error));
        foreach (var (method, path) in new[] { ("GET", ""), ("GET", "/messages?key=order/1"), ("POST", "/retry"), ("POST", "/discard") })
        {
            using var request = new HttpRequestMessage(new(method), $"/consumers/parked{path}") { Content = method == "POST" ? new StringContent("""{"all":true,"who":"x","key":"k","why":"w"}""", new MediaTypeHeaderValue("application/json")) : null };
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.SendAsync(request)).StatusCode);
        }

        Assert.Contains("\"orders\":{\"received\":0", await http.GetStringAsync("/consumers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_without_a_token_lets_no_operator_in()
    {
        await using var service = await RunningService.StartAsync(operators: false);

        var run = await service.RunAsync("parked", "retry", "--all");

        Assert.Equal(new ToolRun(1, "", "This host lets no operator in: give it a token's file by the setting Messaging:OperatorToken.\n"), run);
    }

    [Fact]
    public async Task A_consumer_that_the_host_does_not_have_is_named()
    {
        await using var service = await RunningService.StartAsync();

        var run = await service.RunAsync("parked", "list", "--consumer", "invoices");

        Assert.Equal(new ToolRun(1, "", "This host has no consumer 'invoices'; it has orders.\n"), run);
    }

    [Theory]
    [InlineData("--service is missing. Say which address, or set STRANGLER_SERVICE. See `strangler parked list --help`.", "parked", "list")]
    [InlineData("Name the keys to retry, or say --all. See `strangler parked retry --help`.", "parked", "retry", "--service", "http://127.0.0.1:1")]
    [InlineData("Name the keys to retry, or say --all. See `strangler parked retry --help`.", "parked", "retry", "k", "--all", "--service", "http://127.0.0.1:1")]
    [InlineData("--limit must be 1 to 1000. See `strangler parked show --help`.", "parked", "show", "k", "--limit", "0", "--service", "http://127.0.0.1:1")]
    public async Task A_wrong_command_line_is_code_2_in_one_line(string message, params string[] command) =>
        Assert.Equal(new ToolRun(2, "", message + "\n"), await ToolRun.Of(command));

    [Fact]
    public async Task Somebody_else_there_is_said_and_nobody_there_is_code_3()
    {
        await using var other = await FakeAdmin.StartAsync(static context => context.Response.WriteAsJsonAsync(new { hello = "world" }));

        var somebody = await ToolRun.Of("parked", "list", "--service", other.Url);
        var nobody = await ToolRun.Of("parked", "list", "--service", Ports.FreeUrl());

        Assert.Equal(new ToolRun(1, "", $"{other.Url}/ answers not in JSON as expected: is the service there? Start it, or name its address with --service.\n"), somebody);
        Assert.Equal(3, nobody.Code);
    }
}
