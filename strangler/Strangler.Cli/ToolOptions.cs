using System.CommandLine;
using System.CommandLine.Parsing;
using Strangler.Facade;

namespace Strangler.Cli;

/// <summary>Options that several commands have, so that they are the same everywhere.</summary>
internal static class ToolOptions
{
    public const string DefaultAdmin = "http://127.0.0.1:8081";
    public const string DefaultRoutes = "routes.json";
    private static readonly string[] Stages = [.. StageWords.Supported.Select(stage => stage.Word())];

    public static readonly Option<bool> Json = new("--json") { Description = "Print one JSON document (snake_case) instead of text, failures included.", Recursive = true };

    /// <summary>Where a host is asked. The variable comes before the default, the option before both; without a default one of them must say it.</summary>
    public static Option<Uri> Address(string name, string description, string variable, string? otherwise) => new(name)
    {
        Description = $"{description} Environment: {variable}.",
        HelpName = "URL",
        CustomParser = result => HttpAddress(result.Tokens.Single().Value, name, result),
        DefaultValueFactory = result =>
        {
            if ((Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set ? set : otherwise) is { } text) return HttpAddress(text, variable, result);
            result.AddError($"{name} is missing. Say which address, or set {variable}.");
            return null!; // Never read: an error ends the command before it begins.
        },
    };

    public static Option<string?> Routes(string description) => new("--routes") { Description = description, HelpName = "FILE" };

    /// <summary>How many rows are shown at most.</summary>
    public static Option<int> Limit(int usual, int most)
    {
        var limit = new Option<int>("--limit") { Description = $"At most so many, 1 to {most}.", HelpName = "N", DefaultValueFactory = _ => usual };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1 || result.GetValueOrDefault<int>() > most) result.AddError($"--limit must be 1 to {most}.");
        });
        return limit;
    }

    public static Option<double> Timeout()
    {
        var timeout = new Option<double>("--timeout")
        {
            Description = "How long to wait until the facade reports the change live, in seconds, 0.1 to 3600.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 10,
        };
        timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0.1 and <= 3600)) result.AddError("--timeout must be 0.1 to 3600 seconds.");
        });
        return timeout;
    }

    /// <summary>A stage that a route may have today.</summary>
    public static Option<Stage> Stage(string name) => new(name)
    {
        Description = "The stage.",
        HelpName = string.Join('|', Stages),
        Required = true,
        CustomParser = result => StageOf(name, result) ?? default,
    };

    /// <summary>A stage to look at alone.</summary>
    public static Option<Stage?> OnlyStage() => new("--stage")
    {
        Description = "Only routes in this stage.",
        HelpName = string.Join('|', Stages),
        CustomParser = result => StageOf("--stage", result),
    };

    /// <summary>The share of a canary.</summary>
    public static Option<Share?> Share() => new("--share")
    {
        Description = "With --to canary: the percentage of users that the service answers, 0 to 100, two decimals at most. [default: the one in the file]",
        HelpName = "PERCENT",
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (Facade.Share.TryParse(text, out var share)) return share;
            result.AddError($"--share '{text}' is no share. Write a percentage from 0 to 100 with two decimals at most, e.g. 12.5.");
            return null;
        },
    };

    public static Option<string> Why() => OneLine("--why", "TEXT", "Why, for the history: one line.", 2000, required: true);

    public static Option<string> Who()
    {
        var who = OneLine("--who", "NAME", "Who, for the history.", 200, required: false);
        who.DefaultValueFactory = _ => $"{Environment.UserName}@{Environment.MachineName}";
        return who;
    }

    private static Option<string> OneLine(string name, string value, string description, int longest, bool required)
    {
        var option = new Option<string>(name) { Description = description, HelpName = value, Required = required };
        option.Validators.Add(result =>
        {
            var text = result.GetValueOrDefault<string>();
            if (string.IsNullOrWhiteSpace(text) || text.Length > longest || text.Any(char.IsControl)) result.AddError($"{name} must be one line of 1 to {longest} characters.");
        });
        return option;
    }

    private static Stage? StageOf(string name, ArgumentResult result)
    {
        var word = result.Tokens.Single().Value;
        if (StageWords.TryParse(word, out var stage) && StageWords.Supported.Contains(stage)) return stage;
        result.AddError($"{name} '{word}' is no stage that a route may have. Write {string.Join(", ", Stages[..^1])} or {Stages[^1]}.");
        return null;
    }

    private static Uri HttpAddress(string text, string name, ArgumentResult result)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
        result.AddError($"{name} '{text}' is no URL. Write scheme, host and port, e.g. http://127.0.0.1:8081.");
        return null!; // Never read: an error ends the command before it begins.
    }
}
