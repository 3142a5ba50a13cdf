using System.Text.Json;

namespace Strangler.Cli.Tests;

/// <summary>One command line, run as the tool runs it, and what a person and a script see of it.</summary>
internal sealed record ToolRun(int Code, string Output, string Error)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Output);

    // What a failed assertion shows; the record's own would read Json, which text output is not.
    public override string ToString() => $"{Code}, output '{Output}', error '{Error}'";

    public static async Task<ToolRun> Of(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await Tool.RunAsync(args, output, error);
        return new(code, output.ToString(), error.ToString());
    }
}
