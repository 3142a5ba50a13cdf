using System.Text.RegularExpressions;
using Strangler.Tests.Servers;

namespace Strangler.Cli.Tests.Commands;

public sealed class MismatchesCommandTests
{
    [Fact]
    public async Task It_shows_what_differs_how_often_and_how_to_see_it_again()
    {
        await using var facade = await RunningFacade.StartAsync();
        Assert.Equal(0, (await facade.RunAsync("flip", "orders", "--to", "shadow", "--why", "compare")).Code);

        Assert.Equal("legacy", await facade.WhoAnswersAsync("/orders/4711"));
        var run = await ComparedAsync(facade);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Matches(@"^Route orders, stage shadow: legacy compared with orders since \d{4}-", run.Output);
        Assert.Contains("\n  seen      1 = skipped 0 + dropped 0 + waiting 0 + sent 1\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n  compared  1 = equal 0 + ignored 0 + noisy 0 + different 1\n", run.Output, StringComparison.Ordinal);
        // Bytes are shown by their hash: the two applications do not say what they send.
        Assert.Matches(@"\nbody +value +mismatch +1 +0 +.*6 bytes, sha256 [0-9a-f]{16} +7 bytes, sha256 [0-9a-f]{16} +[0-9a-f]{8} GET /orders/9999\n", run.Output);
        Assert.DoesNotContain("4711", run.Output, StringComparison.Ordinal);

        var again = Regex.Match(run.Output, @"\nSend one again: strangler (mismatches orders --repeat [0-9a-f]{8})\n").Groups[1].Value;
        var repeated = await facade.RunAsync([.. again.Split(' '), "--header", "X-A: 1"]);
        Assert.Equal((0, ""), (repeated.Code, repeated.Error));
        Assert.Matches(@"^GET /orders/9999: legacy 200, service 200\nFIELD .*\nbody +value +1 ", repeated.Output);
    }

    [Fact]
    public async Task A_script_gets_what_the_facade_said()
    {
        await using var facade = await RunningFacade.StartAsync();
        await facade.RunAsync("flip", "orders", "--to", "shadow", "--why", "compare");
        await facade.WhoAnswersAsync("/orders/4711");
        await ComparedAsync(facade);

        var run = await facade.RunAsync("mismatches", "orders", "--json");

        Assert.Equal(1, run.Json.GetProperty("counts").GetProperty("different").GetInt64());
        var sample = run.Json.GetProperty("fields")[0].GetProperty("samples")[0].GetProperty("id").GetString()!;
        var repeated = await facade.RunAsync("mismatches", "orders", "--repeat", sample, "--json");
        Assert.Equal(200, repeated.Json.GetProperty("legacy_status").GetInt32());
    }

    [Fact]
    public async Task Without_a_finding_it_says_so_and_why()
    {
        await using var facade = await RunningFacade.StartAsync();

        var never = await facade.RunAsync("mismatches", "orders");
        await facade.RunAsync("flip", "orders", "--to", "shadow", "--why", "compare");
        var nothing = await facade.RunAsync("mismatches", "orders");

        Assert.Equal((1, "Route 'orders' has not been in stage shadow since this facade started; it is in stage legacy.\n"), (never.Code, never.Error));
        Assert.EndsWith("\nNo field differed.\n", nothing.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--header belongs to --repeat. See `strangler mismatches --help`.", "--header", "A: b")]
    [InlineData("--header 'Cookie' is no header. Write 'Name: value'. See `strangler mismatches --help`.", "--repeat", "1", "--header", "Cookie")]
    public async Task A_wrong_command_line_is_code_2(string message, params string[] args) =>
        Assert.Equal(new ToolRun(2, "", message + "\n"), await ToolRun.Of(["mismatches", "orders", .. args]));

    private static async Task<ToolRun> ComparedAsync(RunningFacade facade)
    {
        ToolRun? run = null;
        await Wait.UntilAsync(async () => (run = await facade.RunAsync("mismatches", "orders")).Output.Contains("compared  1", StringComparison.Ordinal), "the answers are compared");
        return run!;
    }
}
