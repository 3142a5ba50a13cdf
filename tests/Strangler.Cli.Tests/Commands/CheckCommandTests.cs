namespace Strangler.Cli.Tests.Commands;

public sealed class CheckCommandTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("strangler-cli-");

    [Fact]
    public async Task A_good_file_is_shown_as_it_is_understood()
    {
        var file = Write("""
            {
              "legacy": { "address": "http://127.0.0.1:8082" },
              "services": { "orders": { "destinations": ["http://127.0.0.1:8083"] } },
              "routes": [
                { "id": "orders", "match": { "path": "/orders/{**rest}", "methods": ["GET", "HEAD"] }, "service": "orders", "identity": "required", "stage": "service" },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """);

        var run = await ToolRun.Of("check", "--routes", file);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(
            $"""
            {file} is good: 2 routes, 1 of them not legacy's; legacy at http://127.0.0.1:8082.
            ROUTE            PATH              METHODS   STAGE    OWNER                         IDENTITY
            orders           /orders/*         GET,HEAD  service  orders http://127.0.0.1:8083  required
            everything-else  /*                any       legacy   legacy http://127.0.0.1:8082  none

            """.Replace("/orders/*        ", "/orders/{**rest} ", StringComparison.Ordinal).Replace("/*               ", "/{**rest}        ", StringComparison.Ordinal),
            run.Output);
    }

    [Fact]
    public async Task Every_error_is_listed_with_place_value_and_cure()
    {
        var file = Write("""
            {
              "legacy": { "address": "127.0.0.1:8082" },
              "routes": [
                { "id": "orders", "match": { "path": "/orders" }, "service": "order", "stage": "servce" },
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """);

        var run = await ToolRun.Of("check", "--routes", file);

        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Contains($"  {file}:2:26  $.legacy.address = \"127.0.0.1:8082\"\n    '127.0.0.1:8082' is no address. Write scheme, host and port alone", run.Output, StringComparison.Ordinal);
        Assert.Contains($"  {file}:4:84  $.routes[0].stage = \"servce\"\n    'servce' is no stage. Did you mean \"service\"?\n", run.Output, StringComparison.Ordinal);
        Assert.Contains($"  {file}:4:66  $.routes[0].service = \"order\"\n", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("3 errors: a facade refuses this file and goes on with the one before.\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_reads_the_same()
    {
        var file = Write("""{ "legacy": { "address": "http://h" }, "routes": [ ] }""");

        var run = await ToolRun.Of("check", "--routes", file, "--json");

        Assert.Equal(1, run.Code);
        Assert.False(run.Json.GetProperty("valid").GetBoolean());
        var error = run.Json.GetProperty("errors")[0];
        Assert.Equal(["line", "column", "path", "value", "message", "cure"], error.EnumerateObject().Select(member => member.Name));
        Assert.Equal(1, error.GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task A_missing_file_is_named_with_the_way_to_a_first_one()
    {
        var file = Path.Combine(folder.FullName, "missing.json");

        var run = await ToolRun.Of("check", "--routes", file);

        Assert.Equal(new ToolRun(1, "", $"There is no file '{file}'. Give its path, --routes FILE, or write a first one: strangler init --legacy URL.\n"), run);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private string Write(string text)
    {
        var file = Path.Combine(folder.FullName, "routes.json");
        File.WriteAllText(file, text);
        return file;
    }
}
