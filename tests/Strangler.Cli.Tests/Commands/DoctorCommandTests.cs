namespace Strangler.Cli.Tests.Commands;

/// <summary>doctor, beside a layer and alone with a database.</summary>
public sealed class DoctorCommandTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_layer_that_runs_has_no_error(Engine engine)
    {
        await using var layer = await RunningLayer.StartAsync(engine);
        await Strangler.Tests.Servers.Wait.UntilAsync(async () => (await layer.RunAsync("lag")).Output.StartsWith("streaming", StringComparison.Ordinal), "the layer streams");

        var text = await layer.RunAsync("doctor");
        var json = await layer.RunAsync("doctor", "--json");

        Assert.Equal((0, ""), (text.Code, text.Error));
        Assert.Equal((0, ""), (json.Code, json.Error));
        Assert.Equal("person id", Assert.Single(json.Json.GetProperty("tables").EnumerateArray().Select(static table => $"{table.GetProperty("name")} {table.GetProperty("key_column")}")));
        Assert.DoesNotContain(json.Json.GetProperty("findings").EnumerateArray(), static finding => finding.GetProperty("severity").GetString() == "error");
    }

    [Fact]
    public async Task A_layer_that_cannot_begin_tells_why()
    {
        await using var layer = await RunningLayer.StartAsync(Engine.Sqlite, table: "people");

        var run = await layer.RunAsync("doctor");

        Assert.Equal(new ToolRun(1, "SEVERITY  THING         PROBLEM\nerror     table person  There is no table 'person'. Correct its name, or create it.\n", ""), run);
    }

    [Fact]
    public async Task It_looks_at_a_database_by_itself_and_prints_what_cures_it()
    {
        await using var database = await ForeignDatabase.CreateAsync(Engine.Postgres, """create table "Ficha" (id integer, nome text)""");
        string[] command = ["doctor", "--source", database.ConnectionString, "--tables", "Ficha", "--slot", $"cli_{Guid.NewGuid():n}"];

        var text = await ToolRun.Of(command);
        var json = await ToolRun.Of([.. command, "--json"]);
        await database.ExecuteAsync("""alter table "public"."Ficha" replica identity full""");
        var cured = await ToolRun.Of(command);

        Assert.Equal((1, ""), (text.Code, text.Error));
        Assert.Contains("error     table Ficha", text.Output, StringComparison.Ordinal);
        Assert.Contains("\n\nTo cure, as a role that may:\n  alter table \"public\".\"Ficha\" replica identity full;\n", text.Output, StringComparison.Ordinal);
        Assert.Contains("\n\nWhat the layer does by itself when it starts:\n  create publication \"strangler\" for table \"public\".\"Ficha\" ", text.Output, StringComparison.Ordinal);
        Assert.Equal(1, json.Code);
        Assert.Contains(json.Json.GetProperty("findings").EnumerateArray(), static finding => finding.GetProperty("code").GetString() == "no-replica-identity");
        Assert.Equal(0, cured.Code);
        Assert.Empty(await database.LeftoversAsync());
    }

    [Fact]
    public async Task Without_names_the_layer_tells_which_tables_are_captured()
    {
        await using var layer = await RunningLayer.StartAsync(Engine.Sqlite);
        await using var database = await ForeignDatabase.CreateAsync(Engine.Sqlite, "create table person (number integer primary key)");

        var run = await layer.RunAsync("doctor", "--source", database.ConnectionString);

        Assert.Equal(new ToolRun(1, "SEVERITY  THING         PROBLEM\nerror     table person  Table 'person' has no column 'id'; it has number.\n", ""), run);
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_unreachable_and_half_a_command_line_is_wrong()
    {
        var away = await ToolRun.Of("doctor", "--source", "Host=127.0.0.1;Port=1;Username=u;Password=geheim", "--tables", "a");
        var half = await ToolRun.Of("doctor", "--tables", "a");

        Assert.Equal(3, away.Code);
        Assert.DoesNotContain("geheim", away.Output + away.Error, StringComparison.Ordinal);
        Assert.Equal(2, half.Code);
    }
}
