using Strangler.Facade;

namespace Strangler.Cli.Tests.Commands;

public sealed class InitCommandTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("strangler-cli-");

    private string Routes => Path.Combine(folder.FullName, "new", "routes.json");

    private string Schema => Path.Combine(folder.FullName, "new", "routes.schema.json");

    [Fact]
    public async Task The_first_file_is_valid_and_gives_everything_to_legacy()
    {
        var run = await ToolRun.Of("init", "--legacy", "http://old.example:8080", "--routes", Routes);

        Assert.Equal(new ToolRun(0, $"Wrote {Routes}\nWrote {Schema}\nNext: strangler serve --legacy http://old.example:8080 --routes {Routes}\n", ""), run);
        var table = RoutesFile.Read(Routes).Table!;
        Assert.Equal(new Uri("http://old.example:8080"), Assert.Single(table.Routes).Owner.Address);
        Assert.Equal(RoutesSchema.Text, File.ReadAllText(Schema));
        Assert.Contains("\"$schema\": \"./routes.schema.json\"", File.ReadAllText(Routes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_examples_in_its_comments_are_valid_too()
    {
        await ToolRun.Of("init", "--legacy", "http://old.example", "--routes", Routes);

        var text = File.ReadAllText(Routes).Replace("// {", "{", StringComparison.Ordinal).Replace("// \"orders\"", "\"orders\"", StringComparison.Ordinal);

        var result = RoutesFile.Parse(System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Empty(result.Errors);
        Assert.Equal(["orders", "everything-else"], result.Table!.Routes.Select(route => route.Id));
    }

    [Fact]
    public async Task Nothing_is_overwritten()
    {
        await ToolRun.Of("init", "--legacy", "http://old.example", "--routes", Routes);
        File.AppendAllText(Routes, "// mine");

        var run = await ToolRun.Of("init", "--legacy", "http://other.example", "--routes", Routes);

        Assert.Equal(new ToolRun(1, "", $"'{Routes}' is there already and was left as it is. Give another name: --routes FILE.\n"), run);
        Assert.EndsWith("// mine", File.ReadAllText(Routes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_of_another_version_is_not_overwritten_either()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Schema)!);
        File.WriteAllText(Schema, "{}");

        var run = await ToolRun.Of("init", "--legacy", "http://old.example", "--routes", Routes, "--json");

        Assert.Equal(1, run.Code);
        Assert.StartsWith($"'{Schema}' is there already and is another version.", run.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.False(File.Exists(Routes));
    }

    [Theory]
    [InlineData("old.example")]
    [InlineData("http://old.example/app")]
    [InlineData("ftp://old.example")]
    [InlineData("http://old.example\", \"x\": \"")]
    public async Task What_is_no_address_is_a_mistake_of_usage(string legacy)
    {
        var run = await ToolRun.Of("init", "--legacy", legacy, "--routes", Routes);

        Assert.Equal(new ToolRun(2, "", $"--legacy '{legacy}' is no address. Write scheme, host and port alone, e.g. http://127.0.0.1:5000.\n"), run);
        Assert.False(File.Exists(Routes));
    }

    public void Dispose() => folder.Delete(recursive: true);
}
