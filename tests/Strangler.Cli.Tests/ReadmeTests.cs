using System.CommandLine;
using Strangler.Cli.Commands;
using Strangler.Facade;

namespace Strangler.Cli.Tests;

/// <summary>What strangler/README.md promises holds.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void Every_line_to_type_is_understood()
    {
        Assert.True(Readme.Typed.Count >= 8);
        Assert.All(Readme.Typed, line => Assert.True(Tool.Root().Parse(line).Errors.Count == 0, string.Join(' ', line)));
    }

    [Fact]
    public void The_table_has_every_command_with_every_option()
    {
        // Said once for all commands, below the table.
        string[] everywhere = ["--admin", "--token", "--acl", "--service", "--consumer", "--help"];

        var known = Leaves(Tool.Root(), "").Select(leaf => Line(leaf.Path, leaf.Command.Options.Select(option => option.Name).Except(everywhere)));

        var described = Readme.Described.Select(line => Line(
            string.Join(' ', line.TakeWhile(word => word.All(c => char.IsAsciiLetterLower(c) || c == '-') && !word.StartsWith('-'))),
            line.Where(word => word.StartsWith("--", StringComparison.Ordinal)).Except(everywhere)));
        Assert.Equal(known.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        string[] defaults = ["`STRANGLER_ADMIN`", "`STRANGLER_TOKEN`", "`STRANGLER_ACL`", "`STRANGLER_SERVICE`", "`STRANGLER_SERVICE_TOKEN`", $"`{ToolOptions.DefaultAdmin}`", $"`{AclOptions.DefaultAcl}`"];
        Assert.All(defaults, named => Assert.Contains(named, Readme.Text, StringComparison.Ordinal));

        static string Line(string path, IEnumerable<string> options) => $"{path} {string.Join(' ', options.Where(name => name.StartsWith("--", StringComparison.Ordinal)).Order(StringComparer.Ordinal))}";

        static IEnumerable<(string Path, Command Command)> Leaves(Command command, string path) =>
            command.Subcommands.Count == 0 ? [(path.Trim(), command)] : command.Subcommands.SelectMany(sub => Leaves(sub, $"{path} {sub.Name}"));
    }

    [Fact]
    public void The_exit_codes_are_those_of_the_tool()
    {
        foreach (var code in Enum.GetValues<ExitCode>()) Assert.Contains($"\n| {(int)code} | ", Readme.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_it_names_exists_and_none_is_missing()
    {
        var named = System.Text.RegularExpressions.Regex.Matches(Readme.Text, "`Facade:([A-Za-z]+)").Select(match => match.Groups[1].Value).ToHashSet();

        var known = typeof(FacadeOptions).GetProperties().Select(property => property.Name).ToHashSet();
        Assert.Equal(known.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_entry_of_the_file_that_it_names_is_in_the_schema_and_none_is_missing()
    {
        var rows = System.Text.RegularExpressions.Regex.Matches(Readme.Text, @"`(?:legacy\.|services\.NAME\.|routes\[\]\.match\.|routes\[\]\.canary\.|routes\[\]\.shadow\.|routes\[\]\.)([a-zA-Z]+)`").Select(match => match.Groups[1].Value);

        var schema = System.Text.Json.JsonDocument.Parse(RoutesSchema.Text).RootElement;
        var top = schema.GetProperty("properties");
        var route = schema.GetProperty("$defs").GetProperty("route").GetProperty("properties");
        IEnumerable<string> known =
        [
            .. Names(top.GetProperty("legacy").GetProperty("properties")), .. Names(top.GetProperty("services").GetProperty("additionalProperties").GetProperty("properties")),
            .. Names(schema.GetProperty("$defs").GetProperty("canary").GetProperty("properties")),
            .. Names(schema.GetProperty("$defs").GetProperty("shadow").GetProperty("properties")),
            .. Names(route).Where(name => name != "match"), .. Names(route.GetProperty("match").GetProperty("properties")),
        ];
        Assert.Equal(known.Distinct().Order(StringComparer.Ordinal), rows.Distinct().Order(StringComparer.Ordinal));
        Assert.Contains("`caseSensitive`", Readme.Text, StringComparison.Ordinal);

        static IEnumerable<string> Names(System.Text.Json.JsonElement properties) => properties.EnumerateObject().Select(member => member.Name);
    }

    /// <summary>The first five minutes, typed as printed: only the addresses are those of the test's own applications.</summary>
    [Fact]
    public async Task The_first_five_minutes_work_as_printed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "stops the tool by a Unix signal");
        var folder = Directory.CreateTempSubdirectory("strangler-cli-");
        var (url, admin) = (Ports.FreeUrl(), Ports.FreeUrl());
        var environment = new Dictionary<string, string> { ["STRANGLER_ADMIN"] = admin };
        await using var legacy = await Backend.StartAsync("legacy");
        await using var service = await Backend.StartAsync("service");
        using var user = new HttpClient();
        var orders = new Uri(new(url), "/orders/1");
        ToolProcess? facade = null;
        List<(string Command, string Answer, string Output)> seen = [];

        foreach (var line in Readme.Typed)
        {
            string[] typed = [.. line.Select(word => word == "http://127.0.0.1:5000" ? legacy.Url : word)];
            if (typed[0] == "serve")
            {
                facade = ToolProcess.Start(folder.FullName, environment, [.. typed, "--urls", url]);
                await facade.SaysAsync("Ctrl+C stops it.");
                await UncommentOrdersAsync(Path.Combine(folder.FullName, "routes.json"), service.Url);
                continue;
            }

            var run = await ToolProcess.RunAsync(folder.FullName, environment, typed);
            Assert.True(run.Code == 0, $"strangler {string.Join(' ', typed)}: {run.Error}");
            seen.Add((typed[0], facade is null ? "" : await user.GetStringAsync(orders), run.Output));
        }

        await facade!.InterruptAsync();
        Assert.Equal(0, (await facade.EndAsync()).Code);
        await facade.DisposeAsync();
        Assert.Equal(
            [("init", ""), ("check", ""), ("check", "legacy"), ("explain", "legacy"), ("flip", "service"), ("status", "service"), ("rollback", "legacy"), ("history", "legacy")],
            seen.Select(step => (step.Command, step.Answer)));
        Assert.Contains("slow at noon", seen[^1].Output, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    private static async Task UncommentOrdersAsync(string file, string service)
    {
        var text = await File.ReadAllTextAsync(file);
        var edited = text
            .Replace("// \"orders\": { \"destinations\": [\"http://127.0.0.1:9001\"] }", $"\"orders\": {{ \"destinations\": [\"{service}\"] }}", StringComparison.Ordinal)
            .Replace("// { \"id\": \"orders\"", "{ \"id\": \"orders\"", StringComparison.Ordinal);
        Assert.Equal(2, text.Split('\n').Except(edited.Split('\n')).Count());
        await File.WriteAllTextAsync(file, edited);
    }
}
