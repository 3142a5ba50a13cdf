using System.Net.Http.Json;
using System.Text.Json;

namespace Strangler.Facade.Tests.Live;

/// <summary>A table of a large application: what a person asks about one route is answered about one route.</summary>
public sealed class TenThousandRoutesTests
{
    private const int Count = 10_000;

    [Fact]
    [Transparency(90)]
    public async Task Status_and_explain_answer_for_one_route_among_ten_thousand_and_a_flip_of_one_is_taken()
    {
        await using var legacy = await Backend.SayingAsync("legacy");
        await using var service = await Backend.SayingAsync("service");
        await using var facade = await RunningFacade.StartAsync(File(moved: -1), "--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", service.Address.ToString());

        facade.Replace(File(moved: 7_777));
        await facade.UntilAsync(status => status.GetProperty("revision").GetInt64() == 2, TimeSpan.FromSeconds(20));

        var one = await facade.Admin.GetStringAsync("/status?route=R7777", TestContext.Current.CancellationToken);
        Assert.InRange(one.Length, 1, 5_000);
        var status = JsonDocument.Parse(one).RootElement;
        Assert.Equal((Count + 1, 1), (status.GetProperty("route_count").GetInt32(), status.GetProperty("routes").GetArrayLength()));
        Assert.Equal("service", status.GetProperty("routes")[0].GetProperty("stage").GetString());
        var moved = await facade.Admin.GetFromJsonAsync<JsonElement>("/status?stage=service", TestContext.Current.CancellationToken);
        Assert.Equal("r7777", Assert.Single(moved.GetProperty("routes").EnumerateArray()).GetProperty("id").GetString());
        var all = await facade.Admin.GetFromJsonAsync<JsonElement>("/status", TestContext.Current.CancellationToken);
        Assert.Equal(Count + 1, all.GetProperty("routes").GetArrayLength());
        var why = await facade.Admin.GetFromJsonAsync<JsonElement>("/explain?url=/area77/page7777/1", TestContext.Current.CancellationToken);
        Assert.Equal("r7777", why.GetProperty("route").GetString());
        Assert.Equal(("legacy", "service"), (await facade.Client.GetStringAsync("/area1/page1/1"), await facade.Client.GetStringAsync("/area77/page7777/1")));
    }

    [Fact]
    public void Of_routes_with_one_path_explain_names_a_few_and_counts_the_rest()
    {
        var table = Tables.Of(string.Concat(Enumerable.Range(0, 1_000).Select(i => $$"""{ "id": "r{{i}}", "match": { "path": "/a", "hosts": ["h{{i}}"] }, "stage": "legacy" },""")));

        var reasons = table.Explain("GET", "h500", "/a").Reasons;

        Assert.InRange(reasons.Count, 3, 25);
        Assert.Contains(reasons, reason => reason.StartsWith("Route 'r500' owns it", StringComparison.Ordinal));
        Assert.Contains("980 more routes have a path that fits, and do not own it either.", reasons);
    }

    [Fact]
    public void Ten_thousand_errors_are_all_found_each_in_its_line()
    {
        var wrong = Tables.File(string.Concat(Enumerable.Range(0, Count).Select(i => $"{{ \"id\": \"r{i}\", \"match\": {{ \"path\": \"/p{i}\" }}, \"stage\": \"legaci\" }},\n")));

        var errors = RoutesFile.Parse(wrong).Errors;

        Assert.Equal(Count, errors.Count);
        Assert.Equal(Enumerable.Range(0, Count), errors.Select(error => error.Line - errors[0].Line));
        Assert.All(errors, error => Assert.Equal("'legaci' is no stage.", error.Message));
    }

    private static byte[] File(int moved) => Tables.File(string.Concat(Enumerable.Range(0, Count).Select(i =>
        $$"""{ "id": "r{{i}}", "match": { "path": "/area{{i % 100}}/page{{i}}/{id}" }, "service": "orders", "stage": "{{(i == moved ? "service" : "legacy")}}" },""")));
}
