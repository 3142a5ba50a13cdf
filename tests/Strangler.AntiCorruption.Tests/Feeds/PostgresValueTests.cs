using Dapper;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>Values of every kind come from the stream and from a backfill byte for byte as the server itself prints them.</summary>
public sealed class PostgresValueTests : IAsyncLifetime
{
    private static readonly CapturedTable Kinds = new("kinds", "id", NeedsBefore: false);

    /// <summary>Type, and literals of it; each becomes a column and one row a literal.</summary>
    private static readonly (string Type, string[] Values)[] Samples =
    [
        ("smallint", ["-32768", "32767"]),
        ("bigint", ["-9223372036854775808", "9223372036854775807"]),
        ("numeric", ["'NaN'", "'Infinity'", "'-Infinity'", "1.50", "-0.000000000000000000000000000001", "1e131"]),
        ("numeric(10,4)", ["1.5", "-123456.7891"]),
        ("real", ["'NaN'", "'-Infinity'", "1e-37", "0.1", "'-0'"]),
        ("double precision", ["'NaN'", "'Infinity'", "1e-300", "0.1", "123456789.123456789"]),
        ("money", ["1234.5", "-0.01"]),
        ("boolean", ["true", "false"]),
        ("char(5)", ["'ab'", "''", "'ab   '"]),
        ("\"char\"", ["'x'"]),
        ("name", ["'a name'"]),
        ("varchar(20)", ["'ç 🦷 e\u0301'", "''"]),
        ("text", ["E'tab\\t line\\n quote '' back\\\\ \\x01'", "repeat('long ', 5000)"]),
        ("bytea", ["'\\x00ff5c27'", "''"]),
        ("date", ["'infinity'", "'-infinity'", "'0044-03-15 BC'", "'5874897-12-31'", "'2015-07-25'"]),
        ("time", ["'23:59:59.999999'", "'24:00:00'"]),
        ("timetz", ["'12:00:00-03'", "'00:00:00+15:59'"]),
        ("timestamp", ["'infinity'", "'0001-01-01 00:00:00 BC'", "'2015-07-25 10:00:00.000001'"]),
        ("timestamptz", ["'-infinity'", "'0044-03-15 12:00:00+00 BC'", "'2015-07-25 10:00:00-03'"]),
        ("interval", ["'1 year 2 mons -3 days 04:05:06.789'", "'-00:00:00.000001'", "'0'"]),
        ("uuid", ["'00000000-0000-0000-0000-00000000000A'"]),
        ("inet", ["'10.0.0.1/8'", "'::1'"]),
        ("cidr", ["'10.0.0.0/8'"]),
        ("macaddr", ["'08:00:2b:01:02:03'"]),
        ("macaddr8", ["'08:00:2b:01:02:03:04:05'"]),
        ("bit(5)", ["B'10101'"]),
        ("bit varying", ["B'1'", "B''"]),
        ("json", ["'{ \"b\" : 1,  \"a\":[null], \"b\":2 }'", "'null'"]),
        ("jsonb", ["'{ \"b\" : 1.50,  \"a\":[null], \"b\":2 }'", "'\"\\u00e7\"'"]),
        ("jsonpath", ["'$.a[*] ? (@ > 1)'"]),
        ("xml", ["'<a b=\"1\">&lt;</a>'"]),
        ("tsvector", ["'a fat cat:3A ''it''''s'''"]),
        ("tsquery", ["'fat & (rat | !cat)'"]),
        ("point", ["'(1.5,-2)'"]),
        ("box", ["'((0,0),(1,1))'"]),
        ("path", ["'[(0,0),(1,1)]'"]),
        ("polygon", ["'((0,0),(1,1),(1,0))'"]),
        ("circle", ["'<(0,0),1>'"]),
        ("int4range", ["'[1,10)'", "'empty'", "'(,5]'"]),
        ("tstzrange", ["'[2015-07-25 10:00-03,infinity)'"]),
        ("int4multirange", ["'{[1,3),[5,9)}'", "'{}'"]),
        ("integer[]", ["'{{1,2},{3,NULL}}'", "'{}'", "'[0:1]={5,6}'"]),
        ("text[]", ["array['a b', 'NULL', null, '\"', '\\', '']"]),
        ("mood", ["'very sad'"]),
        ("mood[]", ["array['very sad', 'ok']::mood[]"]),
        ("postal", ["'01310-100'"]),
        ("place", ["row('a, b', 2, null)::place"]),
        ("place[]", ["array[row('\"', 2, 'NaN')::place]"]),
        ("oid", ["4294967295"]),
        ("regclass", ["'pg_class'", "'kinds'"]),
        ("pg_lsn", ["'16/B374D848'"]),
        ("xid8", ["'18446744073709551615'"]),
    ];

    private PostgresLegacy legacy = null!;

    public async ValueTask InitializeAsync()
    {
        legacy = await PostgresLegacy.CreateAsync("values");
        await legacy.ExecuteAsync("create type mood as enum ('very sad', 'ok'); create domain postal as text check (value like '_____-___'); create type place as (name text, floor integer, size numeric);");
        await legacy.ExecuteAsync($"create table kinds (id integer primary key, {string.Join(", ", Samples.Select(static (sample, index) => $"c{index} {sample.Type}"))})");
    }

    public async ValueTask DisposeAsync()
    {
        if (legacy is not null) await legacy.DisposeAsync();
    }

    [Fact]
    [Behaviour(39)]
    public async Task Every_kind_of_value_comes_as_the_server_prints_it()
    {
        await using var feed = legacy.OpenFeed();
        var start = await feed.PrepareAsync([Kinds], null, GapPolicy.Stop, CancellationToken.None);
        var rows = Samples.Max(static sample => sample.Values.Length);
        for (var row = 0; row < rows; row++)
        {
            await legacy.ExecuteAsync($"insert into kinds values ({row}, {string.Join(", ", Samples.Select(sample => row < sample.Values.Length ? sample.Values[row] : "null"))})");
        }

        await using var reader = new FeedReader(feed, start.Start);
        var streamed = (await reader.UntilAsync(rows)).Select(static change => change.After!).ToList();
        var backfilled = (await reader.BackfillAsync(Kinds)).SelectMany(static chunk => chunk.Changes).Select(static change => change.After!).ToList();

        var printed = await PrintedAsync();
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < Samples.Length; column++)
            {
                var expected = $"{Samples[column].Type} {printed[row][column] ?? "null"}";
                Assert.Equal(expected, $"{Samples[column].Type} {streamed[row].Text($"c{column}") ?? "null"}");
                Assert.Equal(expected, $"{Samples[column].Type} {backfilled[row].Text($"c{column}") ?? "null"}");
            }
        }
    }

    /// <summary>A translator that does not compare old rows leaves out of its message what was not sent, and a store keeps what it has.</summary>
    [Fact]
    [Behaviour(37)]
    public async Task A_large_value_that_did_not_change_is_told_as_unchanged_and_never_as_a_value()
    {
        await legacy.ExecuteAsync("create table letter (id integer primary key, subject text, body text)");
        var letters = new CapturedTable("letter", "id", NeedsBefore: false);
        await using var feed = legacy.OpenFeed();
        var start = await feed.PrepareAsync([letters], null, GapPolicy.Stop, CancellationToken.None);
        // Random, so that it cannot be compressed into the row: it lies out of line.
        await legacy.ExecuteAsync("insert into letter select 1, 'a', string_agg(md5(random()::text), '') from generate_series(1, 1000)");
        await legacy.ExecuteAsync("update letter set subject = 'b'");
        await legacy.ExecuteAsync("update letter set body = null");
        await using var reader = new FeedReader(feed, start.Start);
        var changes = await reader.UntilAsync(3);

        Assert.Equal(32_000, changes[0].After!.Text("body")!.Length);
        Assert.True(changes[1].After!.IsUnchanged("body"));
        Assert.Throws<SourceColumnException>(() => changes[1].After!.Text("body"));
        Assert.Equal("b", changes[1].After!.Text("subject"));
        Assert.False(changes[2].After!.IsUnchanged("body"));
        Assert.Null(changes[2].After!.Text("body"));
    }

    /// <summary>Read by the text protocol of COPY, which is another way than the feed's.</summary>
    private async Task<List<string?[]>> PrintedAsync()
    {
        await using var connection = (Npgsql.NpgsqlConnection)await legacy.ConnectAsync();
        await connection.ExecuteAsync("set datestyle = 'ISO'; set timezone = 'UTC'; set bytea_output = 'hex'; set intervalstyle = 'postgres'; set extra_float_digits = 1; set search_path = pg_catalog;");
        using var copied = await connection.BeginTextExportAsync("copy (select * from public.kinds order by id) to stdout with (format csv, null '\\N', force_quote *, delimiter ',')");
        return Csv(await copied.ReadToEndAsync()).Select(static row => row[1..]).ToList();
    }

    private static List<string?[]> Csv(string text)
    {
        var (rows, row, at) = (new List<string?[]>(), new List<string?>(), 0);
        while (at < text.Length)
        {
            if (text[at] == '"')
            {
                var value = new System.Text.StringBuilder();
                for (at++; text[at] != '"' || (at + 1 < text.Length && text[at + 1] == '"'); at++)
                {
                    if (text[at] == '"') at++;
                    value.Append(text[at]);
                }

                at++;
                row.Add(value.ToString());
            }
            else
            {
                Assert.Equal("\\N", text.Substring(at, 2));
                at += 2;
                row.Add(null);
            }

            if (text[at++] == ',') continue;
            rows.Add([.. row]);
            row.Clear();
        }

        return rows;
    }
}
