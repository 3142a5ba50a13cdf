using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Strangler.Facade.Tests;

public sealed class SchemaTests
{
    private static readonly SchemaCheck Schema = new(JsonNode.Parse(RoutesSchema.Text)!.AsObject());

    [Theory]
    [MemberData(nameof(RefusedFiles.All), MemberType = typeof(RefusedFiles))]
    public void Schema_refuses_what_the_validator_refuses_unless_the_rule_spans_entries(string name, string file, string _, bool seenBySchema) =>
        Assert.True(Accepts(Encoding.UTF8.GetBytes(file)) != seenBySchema, name);

    [Theory]
    [InlineData("""{ "id": "a", "match": { "path": "/" }, "stage": "legacy" },""")]
    [InlineData("""{ "id": "a", "match": { "path": "/a/{id}/b/{**rest}", "methods": ["GET", "M-SEARCH"], "hosts": ["*.x", "[::1]:80"] }, "service": "orders", "identity": "required", "stage": "service" },""")]
    [InlineData("""{ "id": "A.b-c_1", "match": { "path": "/relatórios/.well-known/..x/" }, "service": "people", "identity": "none", "idleTimeout": "23:59:59", "stage": "legacy" },""")]
    [InlineData("""{ "id": "a", "match": { "path": "/", "methods": ["GET"] }, "service": "orders", "stage": "canary", "canary": { "share": 12.5, "salt": "x", "testers": { "header": "X-Side", "cookie": "side" }, "writes": "never", "steps": [5, 25.5, 100], "every": "00:30:00" } },""")]
    [InlineData("""{ "id": "a", "match": { "path": "/" }, "service": "orders", "stage": "canary", "canary": { "follows": "b", "writes": "split" } }, { "id": "b", "match": { "path": "/b" }, "stage": "legacy", "canary": {} },""")]
    [InlineData("""{ "id": "a", "match": { "path": "/a" }, "service": "orders", "stage": "shadow", "shadow": { "share": 0.5, "noise": 0, "exclude": ["/a/{id}/cancel"], "ignore": ["*", "header.x-*"], "reveal": ["body.state"], "credentials": "pass", "headers": ["X-Tenant"], "sink": "http://x:1", "changes": { "url": "http://x:2/lag", "value": "head" } } },""")]
    [InlineData("""{ "id": "a", "match": { "path": "/", "methods": ["GET"] }, "service": "orders", "stage": "service", "fallback": "legacy", "fallbackAfter": "00:00:00.250" },""")]
    [InlineData("""{ "id": "a", "match": { "path": "/" }, "stage": "legacy", "gates": { "samples": 1, "errors": 0, "latency": 0.1, "mismatches": 0.01, "window": "00:00:01", "onFailure": "previous", "signals": { "lag": { "url": "http://a:1/lag?deep", "value": "a.b", "most": 0, "patience": "00:00:00" }, "parked.keys": { "url": "https://[::1]/", "value": "x", "most": 2.5 } }, "dryRun": true } }, { "id": "b", "match": { "path": "/b" }, "stage": "legacy", "gates": {} },""")]
    [InlineData("""{ "id": "a", "match": { "path": "/a", "headers": { "X-Beta": true, "X-Unit": ["1", "2"] }, "cookies": { "beta": ["on"] } }, "accessLog": true, "stage": "legacy" },""")]
    [InlineData("""{ "id": "a", "match": { "path": "/a", "branches": ["north"] }, "stage": "legacy" },""", """ "branches": { "from": "header", "name": "X-Unit", "known": ["north"] },""")]
    [InlineData("""{ "id": "a", "match": { "path": "/a", "branches": ["north"] }, "stage": "legacy" },""", """ "branches": { "from": "query", "name": "unit[]", "known": ["north", "south"] },""")]
    [InlineData("", """ "branches": { "from": "host", "known": ["north"] },""")]
    [InlineData("", """ "branches": { "from": "setting", "known": ["north"] },""")]
    public void Schema_accepts_what_the_validator_accepts(string route, string more = "")
    {
        var file = Tables.File(route, "\"$schema\": \"./routes.schema.json\", \"caseSensitive\": false, \"paths\": { \"encodedSlashes\": \"separate\", \"backslashes\": \"keep\", \"parameters\": \"ignore\", \"doubleSlashes\": \"merge\" }," + more);

        Tables.Good(RoutesFile.Parse(file));
        Assert.True(Accepts(file));
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("/a?b")]
    [InlineData("/rel%C3%A1rio")]
    [InlineData("/a\\b")]
    [InlineData("/a//b")]
    [InlineData("/a/../b")]
    [InlineData("/a/x{id}")]
    [InlineData("/a{**rest}")]
    [InlineData("/a/{*rest}")]
    [InlineData("/a/{id:int}")]
    [InlineData("/a/{}")]
    [InlineData("/{**rest}/a")]
    public void Schema_and_validator_refuse_the_same_paths(string path)
    {
        var file = Tables.File($$"""{ "id": "a", "match": { "path": {{JsonSerializer.Serialize(path)}} }, "stage": "legacy" },""");

        Assert.Single(RoutesFile.Parse(file).Errors);
        Assert.False(Accepts(file));
    }

    [Theory]
    [InlineData("""["http://127.0.0.1:8083", "https://b"], "loadBalancing": "LeastRequests", "breaker": "off", "health": { "path": "/health?deep" }""")]
    [InlineData("""["http://127.0.0.1:8083"], "breaker": {}, "health": {}, "trace": true""")]
    [InlineData("""["http://127.0.0.1:8083"], "breaker": { "failures": 1, "minimum": 1, "window": "01:00:00", "pause": "00:00:00.1", "probes": 100 }, "health": { "path": "/", "interval": "00:00:00.100", "timeout": "00:00:00.05", "failures": 100, "pause": "00:10:00" }""")]
    [InlineData("""["http://127.0.0.1:8083"], "rewrite": { "locations": true, "names": ["app.internal", "app.internal:8080", "*.internal"] }""")]
    [InlineData("""["http://127.0.0.1:8083"], "rewrite": { "locations": false, "cookies": { "domain": ".clinic.example", "path": "/", "secure": "public", "sameSite": "None" } }""")]
    [InlineData("""["http://127.0.0.1:8083"], "rewrite": { "cookies": { "domain": "remove", "secure": "add", "sameSite": "remove" } }""")]
    public void Schema_accepts_the_services_that_the_validator_accepts(string destinations)
    {
        var file = Tables.File("").Replacing("""["http://127.0.0.1:8083"]""", destinations);

        Tables.Good(RoutesFile.Parse(file));
        Assert.True(Accepts(file));
    }

    private static bool Accepts(byte[] file)
    {
        try
        {
            var options = new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = true };
            using var document = JsonDocument.Parse(file, options);
            // Editors keep the last of two equal members; the node parser would refuse them.
            return Schema.Accepts(LastWins(document.RootElement));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static JsonNode? LastWins(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array) return new JsonArray([.. element.EnumerateArray().Select(LastWins)]);
        if (element.ValueKind != JsonValueKind.Object) return element.ValueKind == JsonValueKind.Null ? null : JsonValue.Create(element);
        var result = new JsonObject();
        foreach (var member in element.EnumerateObject()) result[member.Name] = LastWins(member.Value);
        return result;
    }
}
