namespace Strangler.Facade.Tests;

public sealed class MatchTests
{
    private const string Routes = """
        { "id": "list", "match": { "path": "/orders" }, "stage": "legacy" },
        { "id": "one", "match": { "path": "/orders/{id}" }, "stage": "legacy" },
        { "id": "one-write", "match": { "path": "/orders/{id}", "methods": ["POST", "PUT"] }, "stage": "legacy" },
        { "id": "new", "match": { "path": "/orders/new", "methods": ["GET"] }, "stage": "legacy" },
        { "id": "below", "match": { "path": "/orders/{id}/{**rest}" }, "stage": "legacy" },
        { "id": "lines", "match": { "path": "/orders/{id}/lines" }, "stage": "legacy" },
        { "id": "reports", "match": { "path": "/relatórios/{**rest}" }, "stage": "legacy" },
        { "id": "host", "match": { "path": "/h", "hosts": ["a.example"] }, "stage": "legacy" },
        { "id": "host-port", "match": { "path": "/h", "hosts": ["a.example:81"] }, "stage": "legacy" },
        { "id": "subdomain", "match": { "path": "/h", "hosts": ["*.example"] }, "stage": "legacy" },
        { "id": "deep-subdomain", "match": { "path": "/h", "hosts": ["*.b.example"] }, "stage": "legacy" },
        { "id": "ipv6", "match": { "path": "/h", "hosts": ["[::1]"] }, "stage": "legacy" },
        { "id": "any-host-get", "match": { "path": "/h", "methods": ["GET"] }, "stage": "legacy" },
        """;

    private static readonly OwnershipTable Table = Tables.Of(Routes);

    [Theory]
    [Transparency(3, 8, 12, 13)]
    [InlineData("GET /orders", "list")]
    [InlineData("GET /orders/", "list")]
    [InlineData("GET /ORDERS", "list")]
    [InlineData("GET /orders?x=/orders/new", "list")]
    [InlineData("GET /orders/7", "one")]
    [InlineData("GET /orders/7/", "one")]
    [InlineData("POST /orders/7", "one-write")]
    [InlineData("DELETE /orders/7", "one")]
    [InlineData("GET /orders/new", "new")]
    [InlineData("DELETE /orders/new", "one")]
    [InlineData("PUT /orders/new", "one-write")]
    [InlineData("get /orders/new", "new")]
    [InlineData("GET /orders/7/lines", "lines")]
    [InlineData("GET /orders/7/lines/1", "below")]
    [InlineData("GET /orders//", "everything-else")]
    [InlineData("GET /orders//x", "everything-else")]
    [InlineData("GET //orders", "everything-else")]
    [InlineData("GET /", "everything-else")]
    [InlineData("OPTIONS *", "everything-else")]
    [InlineData("GET http://h/orders/7", "one")]
    [InlineData("GET http://h", "everything-else")]
    [InlineData("GET http://h?x=/orders", "everything-else")]
    [InlineData("GET /api/../orders", "list")]
    [InlineData("GET /x/%2e%2E/orders", "list")]
    [InlineData("GET /../../orders", "list")]
    [InlineData("GET /orders/./7", "one")]
    [InlineData("GET /orders/7/..", "list")]
    [InlineData("GET /orders/x/../../orders/new", "new")]
    [InlineData("GET /%6frders", "list")]
    [InlineData("GET /orders%2Fnew", "everything-else")]
    [InlineData("GET /orders%5Cnew", "everything-else")]
    [InlineData("GET /orders/a%2Fb", "one")]
    [InlineData("GET /relat%C3%B3rios/x", "reports")]
    [InlineData("GET /RELAT%C3%93RIOS", "reports")]
    [InlineData("GET /relat%F3rios/x", "everything-else")]
    [InlineData("GET /orders;jsessionid=1", "everything-else")]
    public void The_most_specific_route_owns_a_request(string request, string route)
    {
        var (method, target) = (request.Split(' ')[0], request.Split(' ')[1]);

        Assert.Equal(route, Table.Find(method, "any", target).Id);
    }

    [Theory]
    [Transparency(13)]
    [InlineData("encodedSlashes", "separate", "/orders%2Fnew", "new")]
    [InlineData("encodedSlashes", "separate", "/x%2f..%2Forders%2fnew", "new")]
    [InlineData("encodedSlashes", "separate", "/orders%252Fnew", "everything-else")]
    [InlineData("encodedSlashes", "separate", "/orders%5Cnew", "everything-else")]
    [InlineData("backslashes", "separate", "/orders%5Cnew", "new")]
    [InlineData("backslashes", "separate", "/orders\\new", "new")]
    [InlineData("backslashes", "separate", "\\orders\\new", "new")]
    [InlineData("backslashes", "separate", "/x\\..\\orders/new", "new")]
    [InlineData("backslashes", "separate", "/orders%2Fnew", "everything-else")]
    [InlineData("parameters", "ignore", "/orders;jsessionid=1", "list")]
    [InlineData("parameters", "ignore", "/orders;a/new;b;c", "new")]
    [InlineData("parameters", "ignore", "/x/..;a/orders/new", "new")]
    [InlineData("parameters", "ignore", "/orders%3Ba", "everything-else")]
    [InlineData("parameters", "ignore", "/orders?a;b", "list")]
    [InlineData("doubleSlashes", "merge", "//orders///new", "new")]
    [InlineData("doubleSlashes", "merge", "/orders//", "list")]
    [InlineData("doubleSlashes", "merge", "/x//../orders/new", "new")]
    [InlineData("doubleSlashes", "merge", "http://h//orders", "list")]
    [InlineData("doubleSlashes", "merge", "/orders/new", "new")]
    public void Every_spelling_that_legacy_takes_for_one_resource_has_one_owner(string name, string value, string target, string route)
    {
        var table = Tables.Of(Routes, $$"""  "paths": { "{{name}}": "{{value}}" },""");

        Assert.Equal(route, table.Find("GET", "any", target).Id);
    }

    [Fact]
    [Transparency(13)]
    public void A_server_may_read_paths_in_all_these_ways()
    {
        var table = Tables.Of(Routes, """  "paths": { "encodedSlashes": "separate", "backslashes": "separate", "parameters": "ignore", "doubleSlashes": "merge" },""");

        Assert.Equal("new", table.Find("GET", "any", "/;x//a%2F\\..%5Corders;z/%2Fnew").Id);
    }

    [Theory]
    [Transparency(12)]
    [InlineData("a.example", "GET", "host")]
    [InlineData("A.EXAMPLE:80", "GET", "host")]
    [InlineData("a.example:81", "GET", "host-port")]
    [InlineData("x.example", "GET", "subdomain")]
    [InlineData("x.b.example", "GET", "deep-subdomain")]
    [InlineData("example", "GET", "any-host-get")]
    [InlineData("example", "POST", "everything-else")]
    [InlineData("[::1]:8080", "POST", "ipv6")]
    [InlineData("", "GET", "any-host-get")]
    public void The_more_exact_host_wins_then_the_method(string host, string method, string route) =>
        Assert.Equal(route, Table.Find(method, host, "/h").Id);

    [Fact]
    public void Ten_thousand_routes_each_own_their_requests()
    {
        var routes = string.Concat(Enumerable.Range(0, 10_000).Select(i => $$"""{ "id": "r{{i}}", "match": { "path": "/area{{i % 100}}/page{{i}}/{id}" }, "stage": "legacy" },"""));

        var table = Tables.Of(routes);

        Assert.All(Enumerable.Range(0, 10_000), i => Assert.Equal($"r{i}", table.Find("GET", "", $"/Area{i % 100}/page{i}/7").Id));
        Assert.Equal("everything-else", table.Find("GET", "", "/area1/page2/7").Id);
    }

    [Fact]
    public void Case_counts_when_the_file_says_so()
    {
        var table = Tables.Of("""{ "id": "a", "match": { "path": "/a" }, "stage": "legacy" }, { "id": "b", "match": { "path": "/A" }, "stage": "legacy" },""", "\"caseSensitive\": true,");

        Assert.Equal(("a", "b"), (table.Find("GET", "", "/a").Id, table.Find("GET", "", "/A").Id));
    }

    [Fact]
    public void Explain_names_the_winner_the_losers_and_the_reasons()
    {
        var table = Tables.Of("""
            { "id": "a", "match": { "path": "/a/{**rest}", "methods": ["GET"] }, "service": "orders", "identity": "required", "stage": "service" },
            { "id": "b", "match": { "path": "/a/b", "hosts": ["x"] }, "service": "people", "stage": "legacy" },
            """);

        var explanation = table.Explain("GET", "y", "/A/./b?q");

        Assert.Equal(("a", Stage.Service, "orders", "orders", new Uri("http://127.0.0.1:8083")), (explanation.Route, explanation.Stage, explanation.Owner, explanation.Service, explanation.Destination));
        Assert.Equal(
            [
                "The path is read as /A/b (without case).",
                "Route 'b' has the path /a/b but takes only the host x, not 'y'.",
                "Route 'a' owns it: its path /a/{**rest} is the most specific that takes this request.",
                "Route 'everything-else' would take it too, but is less specific: /{**rest}.",
                "Stage service: service 'orders' answers, after legacy has said who the user is.",
            ],
            explanation.Reasons);
        Assert.Equal(
            [
                "The path is read as /A/b (without case).",
                "Route 'b' owns it: its path /a/b is the most specific that takes this request.",
                "Route 'a' has the path /a/{**rest} but takes only GET, not POST.",
                "Route 'everything-else' would take it too, but is less specific: /{**rest}.",
                "Stage legacy: legacy answers; service 'people' is not asked.",
            ],
            table.Explain("POST", "x", "/A/b").Reasons);
    }
}
