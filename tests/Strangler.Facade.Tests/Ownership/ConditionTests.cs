using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Strangler.Facade.Tests;

public sealed class ConditionTests
{
    private const string Branches = """ "branches": { "from": "header", "name": "X-Unit", "known": ["north", "south", "west"] },""";

    private static readonly OwnershipTable Table = Tables.Of("""
        { "id": "plain", "match": { "path": "/a" }, "stage": "legacy" },
        { "id": "any-beta", "match": { "path": "/a", "headers": { "X-Beta": true } }, "stage": "legacy" },
        { "id": "beta-2", "match": { "path": "/a", "headers": { "x-beta": ["2"] } }, "stage": "legacy" },
        { "id": "beta-2-cookie", "match": { "path": "/a", "headers": { "X-Beta": ["2"] }, "cookies": { "tester": true } }, "stage": "legacy" },
        { "id": "north", "match": { "path": "/b", "branches": ["north", "west"] }, "stage": "legacy" },
        { "id": "south", "match": { "path": "/b", "branches": ["south"] }, "stage": "legacy" },
        { "id": "north-write", "match": { "path": "/b", "methods": ["POST"], "branches": ["north"] }, "stage": "legacy" },
        { "id": "below", "match": { "path": "/b/{**rest}" }, "stage": "legacy" },
        { "id": "method", "match": { "path": "/m", "methods": ["GET"] }, "stage": "legacy" },
        { "id": "condition", "match": { "path": "/m", "headers": { "X-Beta": true } }, "stage": "legacy" },
        """, Branches);

    [Theory]
    [Transparency(12)]
    [InlineData("/a", "", "plain")]
    [InlineData("/a", "X-Beta: 1", "any-beta")]
    [InlineData("/a", "X-BETA:  2 ", "beta-2")]
    [InlineData("/a", "X-Beta: 1|X-Beta: 2", "any-beta")]
    [InlineData("/a", "X-Beta: 2|X-Beta: 1", "beta-2")]
    [InlineData("/a", "X-Beta: ", "plain")]
    [InlineData("/a", "X-Beta: 2|Cookie: a=1; tester=yes", "beta-2-cookie")]
    [InlineData("/a", "X-Beta: 2|Cookie: tester=", "beta-2")]
    [InlineData("/a", "X-Beta: 2|Cookie: xtester=1; Tester=1", "beta-2")]
    [InlineData("/a", "Cookie: tester=yes", "plain")]
    [InlineData("/b", "", "below")]
    [InlineData("/b", "X-Unit: north", "north")]
    [InlineData("/b", "X-Unit: west", "north")]
    [InlineData("/b", "X-Unit: south", "south")]
    [InlineData("/b", "X-Unit: South", "below")]
    [InlineData("/b", "X-Unit: east", "below")]
    [InlineData("POST /b", "X-Unit: north", "north-write")]
    [InlineData("POST /b", "X-Unit: west", "north")]
    [InlineData("/m", "X-Beta: 1", "method")]
    [InlineData("POST /m", "X-Beta: 1", "condition")]
    [InlineData("POST /m", "", "everything-else")]
    public void What_a_request_carries_decides_after_path_host_and_method(string request, string headers, string route)
    {
        var parts = request.Split(' ');

        Assert.Equal(route, Table.Find(parts.Length > 1 ? parts[0] : "GET", "any", parts[^1], Headers(headers)).Id);
    }

    [Theory]
    [InlineData("cookie", "unit", "/b", "", "Cookie: unit=north", "north")]
    [InlineData("cookie", "unit", "/b", "", "Cookie: unit=x; unit=north", "below")]
    [InlineData("query", "unit", "/b?x=1&unit=north", "", "", "north")]
    [InlineData("query", "unit", "/b?un%69t=n%6Frth", "", "", "north")]
    [InlineData("query", "unit", "/b?unit=south&unit=north", "", "", "below")]
    [InlineData("query", "unit", "/b?unit", "", "", "below")]
    [InlineData("query", "unit", "/b", "", "", "below")]
    [InlineData("host", null, "/b", "North.shop.example:8080", "", "north")]
    [InlineData("host", null, "/b", "north", "", "north")]
    [InlineData("host", null, "/b", "northern.shop.example", "", "below")]
    [InlineData("host", null, "/b", "", "", "below")]
    public void A_branch_is_known_by_cookie_query_or_host(string from, string? name, string target, string host, string headers, string route)
    {
        var table = Tables.Of(
            """{ "id": "north", "match": { "path": "/b", "branches": ["north"] }, "stage": "legacy" }, { "id": "below", "match": { "path": "/b/{**rest}" }, "stage": "legacy" },""",
            $$""" "branches": { "from": "{{from}}", {{(name is null ? "" : $"\"name\": \"{name}\", ")}} "known": ["north"] },""");

        Assert.Equal(route, table.Find("GET", host, target, Headers(headers)).Id);
    }

    [Fact]
    public async Task A_facade_of_one_branch_serves_its_routes_of_a_file_that_all_share()
    {
        await using var legacy = await Backend.SayingAsync("legacy");
        await using var service = await Backend.SayingAsync("service");
        var file = Tables.File(
            """{ "id": "orders", "match": { "path": "/orders", "branches": ["north"] }, "service": "orders", "stage": "service" },""", """ "branches": { "from": "setting", "known": ["north", "south"] },""");
        string[] addresses = ["--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", service.Address.ToString()];
        await using var north = await RunningFacade.StartAsync(file, [.. addresses, "--Facade:Branch", "north"]);
        await using var south = await RunningFacade.StartAsync(file, [.. addresses, "--Facade:Branch", "south"]);

        Assert.Equal(("service", "legacy"), (await north.Client.GetStringAsync("/orders"), await south.Client.GetStringAsync("/orders")));
        var lost = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => RunningFacade.StartAsync(file, [.. addresses, "--Facade:Branch", "east"]));
        Assert.EndsWith("routes.json: line 1, column 16, $.branches: Facade:Branch 'east' is no branch of this file, and branches go by it. Set it to one of \"north\", \"south\" and restart the facade.", Assert.Single(lost.Failures));
    }

    [Fact]
    public async Task Real_requests_go_where_their_headers_cookies_and_branch_lead()
    {
        await using var legacy = await Backend.SayingAsync("legacy");
        await using var service = await Backend.SayingAsync("service");
        await using var facade = await RunningFacade.StartAsync(
            Tables.File(
                """
                { "id": "beta", "match": { "path": "/orders", "cookies": { "beta": ["on"] } }, "service": "orders", "stage": "service" },
                { "id": "north", "match": { "path": "/orders", "headers": { "X-Version": ["2"] }, "branches": ["north"] }, "service": "orders", "stage": "service" },
                """, Branches),
            "--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", service.Address.ToString());

        foreach (var (headers, owner) in new[]
        {
            ("", "legacy"), ("Cookie: a=b; beta=on\r\n", "service"), ("Cookie: beta=off\r\n", "legacy"), ("X-Unit: north\r\n", "legacy"),
            ("x-version: 2\r\nx-unit: north\r\n", "service"), ("X-Version: 2\r\nX-Unit: south\r\n", "legacy"),
        })
        {
            var answer = await RawWire.ExchangeAsync(facade.Public, $"GET /orders HTTP/1.1\r\nHost: shop\r\n{headers}Connection: close\r\n\r\n");
            Assert.EndsWith($"\r\n{owner}\r\n0\r\n\r\n", answer);
        }
    }

    [Fact]
    public void Explain_says_which_conditions_hold_and_which_do_not_without_repeating_what_was_sent()
    {
        var explanation = Table.Explain("GET", "any", "/a", new Caller(Cookies: "tester=Maria", More: [new("X-Beta", "Maria"), new("X-Unit", "north")]));

        Assert.Equal(
            [
                "The path is read as /a (without case).",
                "Route 'plain' has the same path and would take it too, but it asks for less.",
                "Route 'any-beta' owns it: its path /a is the most specific that takes this request, which has what it asks for (header X-Beta).",
                "Route 'beta-2' has the path /a but takes only requests with the header 'x-beta' = 2, and this one has another.",
                "Route 'beta-2-cookie' has the path /a but takes only requests with the header 'X-Beta' = 2, and this one has another.",
                "Route 'everything-else' would take it too, but is less specific: /{**rest}.",
                "Stage legacy: legacy answers.",
            ],
            explanation.Reasons);
        Assert.Contains("Route 'south' has the path /b but takes only the branch south, and this one has another.", Table.Explain("GET", "any", "/b", new Caller(More: [new("X-Unit", "north")])).Reasons);
        Assert.Contains("Route 'south' has the path /b but takes only the branch south, and this one has none.", Table.Explain("GET", "any", "/b").Reasons);
    }

    [Fact]
    public void A_branch_may_move_its_writes_while_another_still_falls_back()
    {
        const string Writes = """{ "id": "write", "match": { "path": "/b", "methods": ["POST"], "branches": ["north"] }, "service": "orders", "stage": "service" },""";
        const string Reads = """{ "id": "read", "match": { "path": "/b", "methods": ["GET"], "branches": ["BRANCH"] }, "service": "orders", "stage": "service", "fallback": "legacy" },""";

        Tables.Of(Writes + Reads.Replace("BRANCH", "south", StringComparison.Ordinal), Branches);
        Assert.Contains("legacy's answer would be old", Assert.Single(RoutesFile.Parse(Tables.File(Writes + Reads.Replace("BRANCH", "north", StringComparison.Ordinal), Branches)).Errors).Message);
    }

    [Fact]
    public async Task Explain_by_the_facade_takes_headers_too()
    {
        await using var legacy = await Backend.SayingAsync("legacy");
        await using var facade = await RunningFacade.StartAsync(Tables.File("""{ "id": "beta", "match": { "path": "/a", "headers": { "X-Beta": ["2"] } }, "stage": "legacy" },"""), "--Facade:Addresses:legacy", legacy.Address.ToString());

        Assert.Equal("beta", await RouteAsync("header=X-Beta:%202"));
        Assert.Equal("everything-else", await RouteAsync("header=X-Beta:3"));
        Assert.Equal("everything-else", await RouteAsync("cookie=X-Beta:2"));

        async Task<string?> RouteAsync(string query) => JsonDocument.Parse(await facade.Admin.GetStringAsync($"/explain?url=/a&{query}", TestContext.Current.CancellationToken)).RootElement.GetProperty("route").GetString();
    }

    private static HeaderDictionary Headers(string lines)
    {
        var headers = new HeaderDictionary();
        foreach (var line in lines.Split('|', StringSplitOptions.RemoveEmptyEntries)) headers.Append(line.Split(": ")[0], line.Split(": ")[1]);
        return headers;
    }
}
