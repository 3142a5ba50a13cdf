using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using Dapper;
using Strangler.Tests.Servers;

namespace Strangler.Cli.Tests.Commands;

/// <summary>The built tool beside a database that it has never seen.</summary>
public sealed class TailCommandTests
{
    private const string Tables =
        """
        create table "Ficha Médica" (cod integer primary key, "Nome Completo" text, obs text);
        create table fila (senha text primary key, guiche integer);
        """;

    private static readonly Dictionary<string, string> NoEnvironment = [];
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Every_change_is_one_line_in_the_order_of_the_commits(Engine engine)
    {
        await using var database = await ForeignDatabase.CreateAsync(engine, Tables);
        await database.ExecuteAsync("insert into fila values ('A0', 1)");
        await using var tail = await FollowAsync(database);

        await using var connection = await database.ConnectAsync();
        await connection.ExecuteAsync("""insert into "Ficha Médica" values (7, 'João "Zé" Conceição', null)""");
        await RollBackAsync(connection, "insert into fila values ('never', 0)");
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await connection.ExecuteAsync("insert into fila values ('B1', 2)", transaction: transaction);
            await connection.ExecuteAsync("""update "Ficha Médica" set obs = 'visto' where cod = 7""", transaction: transaction);
            await connection.ExecuteAsync("update fila set senha = 'B2' where senha = 'B1'", transaction: transaction);
            await transaction.CommitAsync();
        }

        await connection.ExecuteAsync("""delete from "Ficha Médica" where cod = 7""");
        await tail.SaysAsync("delete");
        await tail.InterruptAsync();
        var end = await tail.EndAsync();

        // SQLite's log holds the whole old row; PostgreSQL sends its key, and that only when it matters.
        const string Old = """{"cod":"7","Nome Completo":"João \"Zé\" Conceição","obs":""";
        var (seen, called, gone) = engine == Engine.Sqlite
            ? (Old + "null}", """{"senha":"B1","guiche":"2"}""", Old + "\"visto\"}")
            : ("null", """{"senha":"B1"}""", """{"cod":"7"}""");
        Assert.Equal(0, end.Code);
        var lines = end.Output.TrimEnd().Split('\n').Select(static line => JsonSerializer.Deserialize<JsonElement>(line)).ToList();
        Assert.Equal(
            [
                """Ficha Médica insert null {"cod":"7","Nome Completo":"João \"Zé\" Conceição","obs":null}""",
                """fila insert null {"senha":"B1","guiche":"2"}""",
                $"Ficha Médica update {seen} {Old}\"visto\"}}",
                $$"""fila update {{called}} {"senha":"B2","guiche":"2"}""",
                $"Ficha Médica delete {gone} null",
            ],
            lines.Select(static line => $"{line.GetProperty("table")} {line.GetProperty("kind")} {Raw(line, "before")} {Raw(line, "after")}"));
        var places = lines.Select(static line => (line.GetProperty("position").GetUInt64(), line.GetProperty("ordinal").GetUInt32())).ToList();
        Assert.Equal(places.Distinct().Order(), places);
        Assert.All(lines, static line => Assert.InRange(line.GetProperty("committed_at").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1)));
    }

    [Theory]
    [InlineData(Engine.Sqlite, "INT")]
    [InlineData(Engine.Sqlite, "TERM")]
    [InlineData(Engine.Sqlite, "HUP")]
    [InlineData(Engine.Postgres, "INT")]
    [InlineData(Engine.Postgres, "TERM")]
    [InlineData(Engine.Postgres, "HUP")]
    public async Task It_ends_at_once_with_code_0_and_takes_out_what_it_put_in(Engine engine, string signal)
    {
        await using var database = await ForeignDatabase.CreateAsync(engine, Tables);
        await using var tail = await FollowAsync(database);
        var put = await database.LeftoversAsync();

        var watch = Stopwatch.StartNew();
        await tail.SignalAsync(signal);
        var end = await tail.EndAsync();

        Assert.True(watch.Elapsed < Moment, $"It took {watch.Elapsed}.");
        Assert.NotEmpty(put);
        Assert.Empty(await database.LeftoversAsync());
        Assert.Equal((0, ""), (end.Code, end.Output));
        Assert.Matches(@"^Following Ficha Médica, fila; Ctrl\+C ends it and takes strangler_tail_[0-9a-f]{8} out of the database\.\n$", end.Error);
    }

    [Fact]
    public async Task A_truncate_is_a_line_at_its_place_and_what_comes_after_it_follows()
    {
        await using var database = await ForeignDatabase.CreateAsync(Engine.Postgres, Tables);
        await using var tail = await FollowAsync(database);

        await database.ExecuteAsync("insert into fila values ('A0', 1)");
        await database.ExecuteAsync("truncate fila");
        await database.ExecuteAsync("insert into fila values ('A1', 1)");
        await tail.SaysAsync("A1");
        await tail.InterruptAsync();
        var end = await tail.EndAsync();

        var lines = end.Output.TrimEnd().Split('\n').Select(static line => JsonSerializer.Deserialize<JsonElement>(line)).ToList();
        Assert.Equal(["fila insert", "fila truncate", "fila insert"], lines.Select(static line => $"{line.GetProperty("table")} {line.GetProperty("kind")}"));
    }

    [Fact]
    public async Task Killed_it_leaves_no_slot_that_would_fill_the_servers_disk()
    {
        await using var database = await ForeignDatabase.CreateAsync(Engine.Postgres, Tables);
        await using var tail = await FollowAsync(database);
        await using var connection = await database.ConnectAsync();
        const string Slots = "select count(*) from pg_replication_slots where database = current_database()";
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>(Slots));

        await tail.SignalAsync("KILL");
        await tail.EndAsync();

        await Wait.UntilAsync(async () => await connection.ExecuteScalarAsync<long>(Slots) == 0, "the slot is gone");
    }

    [Fact]
    public async Task Interrupted_while_it_waits_for_somebodys_open_transaction_it_leaves_nothing()
    {
        await using var database = await ForeignDatabase.CreateAsync(Engine.Postgres, Tables);
        await using var connection = await database.ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("insert into fila values ('open', 1)", transaction: transaction);
        await using var tail = Start(database.ConnectionString, "fila");
        await Wait.UntilAsync(async () => (await database.LeftoversAsync()).Count > 0, "it begins");

        var watch = Stopwatch.StartNew();
        await tail.InterruptAsync();
        var end = await tail.EndAsync();
        await transaction.CommitAsync();

        Assert.True(watch.Elapsed < Moment, $"It took {watch.Elapsed}.");
        Assert.Equal((0, "", ""), (end.Code, end.Output, end.Error));
        await Wait.UntilAsync(async () => (await database.LeftoversAsync()).Count == 0, "nothing is left");
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Tables_that_do_not_exist_are_named(Engine engine)
    {
        await using var database = await ForeignDatabase.CreateAsync(engine, Tables);

        var run = await ToolRun.Of("tail", "--source", database.ConnectionString, "--tables", "fila,filas,queue");

        Assert.Equal(new ToolRun(1, "", "There is no table 'filas'. Correct its name, or create it.\nThere is no table 'queue'. Correct its name, or create it.\n"), run);
        Assert.Empty(await database.LeftoversAsync());
    }

    [Fact]
    public async Task A_table_that_cannot_be_published_unharmed_is_left_alone()
    {
        await using var database = await ForeignDatabase.CreateAsync(Engine.Postgres, "create table keyless (a text)");

        var run = await ToolRun.Of("tail", "--source", database.ConnectionString, "--tables", "keyless");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Equal("Table 'keyless' has no usable replica identity; published, its updates and deletes would fail: alter table \"public\".\"keyless\" replica identity full; A primary key would do as well.\n", run.Error);
        Assert.Empty(await database.LeftoversAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_table_that_is_named_twice_is_followed_once(Engine engine)
    {
        await using var database = await ForeignDatabase.CreateAsync(engine, Tables);
        await using var tail = Start(database.ConnectionString, "fila, fila");
        await tail.SaysAsync("Following fila;");

        await database.ExecuteAsync("alter table fila add column hora text");
        await database.ExecuteAsync("insert into fila (senha, hora) values ('C1', '10:00')");

        await tail.SaysAsync("\"senha\":\"C1\"");
        Assert.Single(tail.Output.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=u;Password=geheim;Database=d")]
    [InlineData("Data Source=/no/such/folder/legacy.db")]
    public async Task A_database_that_is_not_there_is_code_3_in_one_line(string source)
    {
        var run = await ToolRun.Of("tail", "--source", source, "--tables", "fila");

        Assert.Equal((3, ""), (run.Code, run.Output));
        Assert.StartsWith("The database does not answer as expected: ", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.DoesNotContain("geheim", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("legacy.db")]
    [InlineData("Server=x;Password=geheim")]
    [InlineData("Host=x;Port=many;Password=geheim")]
    [InlineData("Host=x;Nonsense=1;Password=geheim")]
    [InlineData("Data Source=x;Nonsense=1;Password=geheim")]
    public async Task A_connection_string_that_cannot_be_read_is_code_2_in_one_line(string source)
    {
        var run = await ToolRun.Of("tail", "--source", source, "--tables", "fila");

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Matches(@"^--source [^\n]*Host=…;Database=…[^\n]*Data Source=FILE[^\n]*\n$", run.Error);
        Assert.DoesNotContain("geheim", run.Error, StringComparison.Ordinal);
    }

    private static ToolProcess Start(string source, string tables) => ToolProcess.Start(Path.GetTempPath(), NoEnvironment, "tail", "--source", source, "--tables", tables);

    private static async Task<ToolProcess> FollowAsync(ForeignDatabase database)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "stops the tool by a Unix signal");
        var tail = Start(database.ConnectionString, "Ficha Médica,fila");
        await tail.SaysAsync("Following ");
        return tail;
    }

    private static async Task RollBackAsync(DbConnection connection, string sql)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(sql, transaction: transaction);
        await transaction.RollbackAsync();
    }

    private static string Raw(JsonElement line, string name) => line.GetProperty(name).GetRawText();
}
