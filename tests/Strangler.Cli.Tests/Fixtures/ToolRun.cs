using System.Text.Json;

namespace Strangler.Cli.Tests;

/// <summary>One command line, run as the tool runs it, and what a person and a script see of it.</summary>
internal sealed record ToolRun(int Code, string Output, string Error)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Output);

    public static async Task<ToolRun> Of(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await Tool.RunAsync(args, output, error);
        return new(code, output.ToString(), error.ToString());
    }
}
