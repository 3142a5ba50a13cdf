using System.CommandLine;

namespace Strangler.Cli.Commands;

/// <summary>The option <c>--header</c>: one header, 'Name: value'; several are several options.</summary>
internal static class HeaderOption
{
    public static Option<string[]> Create(string description)
    {
        var option = new Option<string[]>("--header") { Description = description, HelpName = "'NAME: VALUE'", DefaultValueFactory = static _ => [] };
        option.Validators.Add(static result =>
        {
            if (result.Tokens.FirstOrDefault(token => token.Value.IndexOf(':', StringComparison.Ordinal) < 1) is { } wrong) result.AddError($"--header '{wrong.Value}' is no header. Write 'Name: value'.");
        });
        return option;
    }

    public static IReadOnlyList<KeyValuePair<string, string>> Read(string[]? given) =>
        [.. (given ?? []).Select(static line => (Line: line, Colon: line.IndexOf(':', StringComparison.Ordinal))).Select(static header => KeyValuePair.Create(header.Line[..header.Colon].Trim(), header.Line[(header.Colon + 1)..].Trim()))];
}
