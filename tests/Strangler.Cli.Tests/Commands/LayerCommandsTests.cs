using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strangler.Tests.Servers;

namespace Strangler.Cli.Tests.Commands;

/// <summary>lag, backfill and quarantine, beside a running anti-corruption layer.</summary>
public sealed class LayerCommandsTests
{
    private const string Rows = "insert into person (id, name, note) values (1, 'Ana', 'a'), (2, '?', 'Segredo 123'), (3, '-', 'c'), (4, 'Bia', 'd')";

    [Theory]
    [InlineData(Engine.Sqlite, "rows")]
    [InlineData(Engine.Postgres, "bytes")]
    public async Task Lag_tells_how_far_behind_it_is_and_what_became_of_every_change(Engine engine, string unit)
    {
        await using var layer = await FollowingAsync(engine);
        await layer.Source.ExecuteAsync(Rows);
        await UntilAccountedForAsync(layer, 4);

        var text = await layer.RunAsync("lag");
        var json = await layer.RunAsync("lag", "--json");

        Assert.Equal((0, ""), (text.Code, text.Error));
        Assert.Matches(
            $@"^streaming since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\dZ\n\d+ {unit} behind \(\d+[.,]\d s\), \d+ {unit} retained, \d+ messages unconfirmed\n"
            + @"Quarantine: 1 open, 0 superseded\n\nTRANSLATOR +IN +PUBLISHED +SKIPPED +QUARANTINED\nperson +4 +2 +1 +1\n$",
            text.Output);
        Assert.Equal((0, ""), (json.Code, json.Error));
        Assert.Equal(
            """{"name":"person","in":4,"published":2,"skipped":{"nobody":1},"quarantined":{"T1.name":1},"balanced":true}""",
            JsonSerializer.Serialize(Assert.Single(json.Json.GetProperty("translators").EnumerateArray())));
        Assert.Equal(("streaming", unit), (json.Json.GetProperty("phase").GetString(), json.Json.GetProperty("unit").GetString()));
        Assert.Equal(JsonValueKind.Null, json.Json.GetProperty("problem").ValueKind);
    }

    [Fact]
    public async Task Lag_tells_why_nothing_moves()
    {
        await using var layer = await FollowingAsync(Engine.Sqlite);
        await layer.Source.ExecuteAsync("drop table person");
        await UntilAsync(layer, "retrying");

        var run = await layer.RunAsync("lag");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Matches(@"^retrying since [^\n]*\n[^\n]*'person'", run.Output);
    }

    [Fact]
    public async Task Release_lets_a_held_table_flow_when_it_can_be_read_again_and_says_why_it_cannot()
    {
        await using var layer = await FollowingAsync(Engine.Sqlite);
        await layer.Source.ExecuteAsync("alter table person rename column name to nome");
        // The triggers say the old name until they are written anew.
        for (var id = 1; !(await layer.RunAsync("lag")).Output.Contains("Held: ", StringComparison.Ordinal); id++)
        {
            await layer.Source.ExecuteAsync($"insert into person (id, nome, note) values ({id}, 'Ana', 'a')");
        }

        var held = await layer.RunAsync("release", "person");
        await layer.Source.ExecuteAsync("alter table person rename column nome to name");
        var released = await layer.RunAsync("release", "person");
        var again = await layer.RunAsync("release", "person", "--json");

        Assert.Equal(1, held.Code);
        Assert.StartsWith("Held: Table 'person' changed its shape: column 'name' is gone.", held.Output, StringComparison.Ordinal);
        Assert.Equal((0, "Table 'person' flows again; what waited goes first.\n"), (released.Code, released.Output));
        Assert.Equal(1, again.Code);
        Assert.Equal("Table 'person' is not held.", again.Json.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Backfill_tells_how_far_each_table_is_and_begins_again_for_the_rows_that_a_filter_names()
    {
        await using var layer = await FollowingAsync(Engine.Sqlite);
        await layer.Source.ExecuteAsync("insert into person (id, name, note) values (1, 'Ana', 'a'), (2, 'Bia', 'b'), (3, 'Eva', 'c')");
        await UntilAccountedForAsync(layer, 3);

        var before = await layer.RunAsync("backfill", "status");
        layer.Persons.Holds = true;
        var started = await layer.RunAsync("backfill", "start", "person", "--filter", "id >= 2");
        layer.Persons.Holds = false;
        await UntilAccountedForAsync(layer, 5);
        var after = await layer.RunAsync("backfill", "status", "--json");
        var paused = await layer.RunAsync("backfill", "pause", "person");
        var unknown = await layer.RunAsync("backfill", "resume", "nobody");
        var wrong = await layer.RunAsync("backfill", "start", "person", "--filter", "id like 2");

        Assert.Equal((0, ""), (before.Code, before.Error));
        Assert.Matches(@"^TABLE +STATE +ROWS +OF +ROWS/S +LEFT +FILTER\nperson +complete +0 +0\n$", before.Output);
        Assert.Equal((0, ""), (started.Code, started.Error));
        Assert.Matches(@"\nperson +running +[02] [^\n]* id >= 2\n$", started.Output);
        Assert.Equal("complete 2 2 2", $"{after.Json[0].GetProperty("state")} {after.Json[0].GetProperty("generation")} {after.Json[0].GetProperty("rows")} {after.Json[0].GetProperty("total")}");
        Assert.Equal(new ToolRun(1, "", "The backfill of table 'person' is complete; pause it when it is running.\n"), paused);
        Assert.Equal(new ToolRun(1, "", "No translator reads table 'nobody'. There are person.\n"), unknown);
        Assert.Equal(new ToolRun(1, "", "'id like 2' is no condition; write COLUMN = VALUE (or <>, <, <=, >, >=), and 'and' between several.\n"), wrong);
    }

    [Fact]
    public async Task Quarantine_lists_what_was_refused_and_no_value_of_a_row()
    {
        await using var layer = await FollowingAsync(Engine.Sqlite);
        var before = await layer.RunAsync("quarantine", "list");
        await layer.Source.ExecuteAsync(Rows);
        await UntilAccountedForAsync(layer, 4);

        var text = await layer.RunAsync("quarantine", "list");
        var json = await layer.RunAsync("quarantine", "list", "--json");

        Assert.Equal(new ToolRun(0, "Nothing waits.\n", ""), before);
        Assert.Equal((0, ""), (text.Code, text.Error));
        Assert.Matches(@"^ID +STATE +TABLE +KEY +BEHIND IT +RULE +REASON\n\S+-person +open +person +2 +0 +T1\.name +The name cannot be understood\.\n$", text.Output);
        Assert.Equal((0, ""), (json.Code, json.Error));
        var row = Assert.Single(json.Json.EnumerateArray());
        Assert.Equal("""{"id":"9","name":"?","note":"xxxxxxx 999"}""", JsonSerializer.Serialize(row.GetProperty("columns")));
        Assert.DoesNotContain("Segredo", text.Output + json.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Behaviour(42)]
    public async Task A_parked_row_is_told_with_what_waits_behind_it_and_retry_lets_all_of_it_go()
    {
        await using var layer = await FollowingAsync(Engine.Sqlite);
        await layer.Source.ExecuteAsync("insert into person (id, name) values (1, '!'), (2, 'Ana')");
        await layer.Source.ExecuteAsync("update person set name = 'Bia' where id = 1");
        await layer.Source.ExecuteAsync("update person set name = 'Eva' where id = 1");
        await UntilAccountedForAsync(layer, 4);

        var list = await layer.RunAsync("quarantine", "list");
        var lag = await layer.RunAsync("lag");
        var id = list.Output.Split('\n')[1].Split(' ')[0];
        var refused = await layer.RunAsync("quarantine", "retry", id);
        layer.Persons.UnderstandsQuestionMarks = true;
        var retried = await layer.RunAsync("quarantine", "retry", id);

        Assert.Matches(@"^ID [^\n]*\n\S+-person +parked +person +1 +2 +translator-failed +The translator threw System\.InvalidOperationException\.\n$", list.Output);
        Assert.Contains("\nQuarantine: 3 open, 0 superseded\nParked: 1 keys, with 2 changes behind\n", lag.Output, StringComparison.Ordinal);
        Assert.Equal(new ToolRun(1, "0 published, 0 skipped, 1 refused again\n", $"{id} refused: translator-failed: The translator threw System.InvalidOperationException.\n"), refused);
        Assert.Equal(new ToolRun(0, "3 published, 0 skipped, 0 refused again\n", ""), retried);
        Assert.Equal("Nothing waits.\n", (await layer.RunAsync("quarantine", "list")).Output);
    }

    [Fact]
    public async Task Retry_by_id_publishes_when_the_rule_was_corrected()
    {
        await using var layer = await FollowingAsync(Engine.Sqlite);
        await layer.Source.ExecuteAsync(Rows);
        await UntilAccountedForAsync(layer, 4);
        var id = (await layer.RunAsync("quarantine", "list", "--json")).Json[0].GetProperty("id").GetString()!;

        var early = await layer.RunAsync("quarantine", "retry", id);
        layer.Persons.UnderstandsQuestionMarks = true;
        var late = await layer.RunAsync("quarantine", "retry", id);
        var again = await layer.RunAsync("quarantine", "retry", id);

        Assert.Equal(new ToolRun(1, "0 published, 0 skipped, 1 refused again\n", $"{id} refused: T1.name: The name cannot be understood.\n"), early);
        Assert.Equal(new ToolRun(0, "1 published, 0 skipped, 0 refused again\n", ""), late);
        Assert.Equal(new ToolRun(1, "0 published, 0 skipped, 0 refused again\n", $"{id} unknown: No such change waits.\n"), again);
        Assert.Contains("""person/2 {"name":"?"}""", layer.Published);
        Assert.Matches(@"\nperson +4 +3 +1 +0\n", (await layer.RunAsync("lag")).Output);
    }

    [Fact]
    public async Task Retry_of_all_takes_every_open_one()
    {
        await using var layer = await FollowingAsync(Engine.Postgres);
        await layer.Source.ExecuteAsync("insert into person (id, name) values (1, '?'), (2, '?'), (3, '?')");
        await UntilAccountedForAsync(layer, 3);
        layer.Persons.UnderstandsQuestionMarks = true;

        var run = await layer.RunAsync("quarantine", "retry", "--all", "--json");
        var none = await layer.RunAsync("quarantine", "retry", "--all");

        Assert.Equal((0, "", 3), (run.Code, run.Error, run.Json.GetProperty("published").GetInt32()));
        Assert.All(run.Json.GetProperty("results").EnumerateArray(), static result => Assert.Equal("published", result.GetProperty("outcome").GetString()));
        Assert.Equal(new ToolRun(0, "0 published, 0 skipped, 0 refused again\n", ""), none);
        Assert.Equal("Nothing waits.\n", (await layer.RunAsync("quarantine", "list")).Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Retry_of_an_id_that_is_unknown_names_it(bool beforeTheFirstCheckpoint)
    {
        await using var layer = await RunningLayer.StartAsync(Engine.Sqlite, beforeTheFirstCheckpoint ? "wrong_table" : "person");
        await UntilAsync(layer, beforeTheFirstCheckpoint ? "retrying" : "streaming");

        var text = await layer.RunAsync("quarantine", "retry", "0001-nobody");
        var json = await layer.RunAsync("quarantine", "retry", "0001-nobody", "--json");

        Assert.Equal(new ToolRun(1, "0 published, 0 skipped, 0 refused again\n", "0001-nobody unknown: No such change waits.\n"), text);
        Assert.Equal((1, ""), (json.Code, json.Error));
        Assert.Equal("""{"id":"0001-nobody","outcome":"unknown","detail":"No such change waits."}""", JsonSerializer.Serialize(Assert.Single(json.Json.GetProperty("results").EnumerateArray())));
    }

    [Theory]
    [InlineData("Name the changes to retry, or say --all. See `strangler quarantine retry --help`.", "quarantine", "retry")]
    [InlineData("Name the changes to retry, or say --all. See `strangler quarantine retry --help`.", "quarantine", "retry", "1", "--all")]
    [InlineData("--limit must be 1 to 10000. See `strangler quarantine list --help`.", "quarantine", "list", "--limit", "0")]
    public async Task A_wrong_command_line_is_code_2_in_one_line(string message, params string[] command) =>
        Assert.Equal(new ToolRun(2, "", message + "\n"), await ToolRun.Of(command));

    [Theory]
    [InlineData("lag")]
    [InlineData("quarantine", "list")]
    [InlineData("quarantine", "retry", "--all")]
    public async Task Nobody_there_is_code_3(params string[] command)
    {
        var address = Ports.FreeUrl();

        var text = await ToolRun.Of([.. command, "--acl", address]);
        var json = await ToolRun.Of([.. command, "--acl", address, "--json"]);

        Assert.Equal((3, ""), (text.Code, text.Output));
        Assert.Matches($@"^The anti-corruption layer does not answer at {address}/: [^\n]*\. Start it, or name its address with --acl\.\n$", text.Error);
        Assert.Equal((3, ""), (json.Code, json.Error));
        Assert.Equal(("unreachable", text.Error.TrimEnd()), (json.Json.GetProperty("failure").GetString(), json.Json.GetProperty("message").GetString()));
    }

    [Theory]
    [InlineData("lag")]
    [InlineData("quarantine", "list")]
    [InlineData("quarantine", "retry", "--all")]
    public async Task Somebody_else_there_is_said(params string[] command)
    {
        await using var other = await FakeAdmin.StartAsync(static context => context.Response.WriteAsJsonAsync(new { hello = "world" }));

        var run = await ToolRun.Of([.. command, "--acl", other.Url]);

        Assert.Equal(new ToolRun(1, "", $"{other.Url}/ answers not in JSON as expected: is the anti-corruption layer there? Start it, or name its address with --acl.\n"), run);
    }

    /// <summary>A layer that has read the rows that were there: what is written then comes as changes alone.</summary>
    private static async Task<RunningLayer> FollowingAsync(Engine engine)
    {
        var layer = await RunningLayer.StartAsync(engine);
        await UntilAsync(layer, "streaming");
        return layer;
    }

    private static Task UntilAsync(RunningLayer layer, string phase) =>
        Wait.UntilAsync(async () => (await layer.RunAsync("lag", "--json")).Json.GetProperty("phase").GetString() == phase, $"the layer is {phase}");

    private static Task UntilAccountedForAsync(RunningLayer layer, int changes) => Wait.UntilAsync(
        async () => (await layer.RunAsync("lag", "--json")).Json is var lag && lag.GetProperty("translators")[0].GetProperty("in").GetInt32() == changes && lag.GetProperty("phase").GetString() == "streaming",
        $"{changes} changes are accounted for");
}
