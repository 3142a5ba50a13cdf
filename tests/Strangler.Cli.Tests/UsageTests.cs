namespace Strangler.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("Required command was not provided. See `strangler --help`.")]
    [InlineData("'flop' is not understood. See `strangler --help`.", "flop")]
    [InlineData("'--rootes x' is not understood. See `strangler check --help`.", "check", "--rootes", "x")]
    [InlineData("--to 'retired' is no stage that a route may have. Write legacy, shadow, canary or service. See `strangler flip --help`.", "flip", "r", "--to", "retired", "--why", "x")]
    [InlineData("--share '5%' is no share. Write a percentage from 0 to 100 with two decimals at most, e.g. 12.5. See `strangler flip --help`.", "flip", "r", "--to", "canary", "--share", "5%", "--why", "x")]
    [InlineData("--share belongs to --to canary. See `strangler flip --help`.", "flip", "r", "--to", "service", "--share", "5", "--why", "x")]
    [InlineData("Option '--to' is required. Option '--why' is required. See `strangler flip --help`.", "flip", "r")]
    [InlineData("Required argument missing for command: 'flip'. See `strangler flip --help`.", "flip", "--to", "legacy", "--why", "x")]
    [InlineData("--why must be one line of 1 to 2000 characters. See `strangler flip --help`.", "flip", "r", "--to", "legacy", "--why", " ")]
    [InlineData("--why must be one line of 1 to 2000 characters. See `strangler rollback --help`.", "rollback", "r", "--why", "a\nb")]
    [InlineData("--timeout must be 0.1 to 3600 seconds. See `strangler rollback --help`.", "rollback", "r", "--why", "x", "--timeout", "0")]
    [InlineData("--admin 'here' is no URL. Write scheme, host and port, e.g. http://127.0.0.1:8081. See `strangler status --help`.", "status", "--admin", "here")]
    [InlineData("--urls 'localhost:80' is no address to listen on. Write e.g. http://localhost:8080. See `strangler serve --help`.", "serve", "--urls", "http://localhost;localhost:80")]
    public async Task A_wrong_command_line_is_code_2_in_one_line(string message, params string[] args)
    {
        var text = await ToolRun.Of(args);
        var json = await ToolRun.Of([.. args, "--json"]);

        Assert.Equal(new ToolRun(2, "", message + "\n"), text);
        Assert.Equal((2, ""), (json.Code, json.Error));
        Assert.Equal(("usage", message), (json.Json.GetProperty("failure").GetString(), json.Json.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Every_command_has_help_and_takes_json()
    {
        foreach (var command in Tool.Root().Subcommands)
        {
            var help = await ToolRun.Of(command.Name, "--help");

            Assert.Equal((0, ""), (help.Code, help.Error));
            Assert.Contains("--json", help.Output, StringComparison.Ordinal);
            Assert.Contains(command.Description!, help.Output, StringComparison.Ordinal);
        }
    }
}
