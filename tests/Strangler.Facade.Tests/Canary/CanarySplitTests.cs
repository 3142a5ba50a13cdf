using Microsoft.AspNetCore.Http;

namespace Strangler.Facade.Tests;

/// <summary>Who is on which side, without a server.</summary>
public sealed class CanarySplitTests
{
    private const int Users = 20_000;

    [Theory]
    [InlineData("0.5")]
    [InlineData("5")]
    [InlineData("33.33")]
    [InlineData("50")]
    [InlineData("99")]
    public void A_share_of_the_users_is_on_the_service(string share)
    {
        var split = Split($$"""{ "share": {{share}} }""");

        var served = Served(split).Count;

        // Within five standard deviations; the users are fixed.
        var p = (double)split.Share.Percent / 100;
        Assert.InRange(served, (Users * p) - (5 * Math.Sqrt(Users * p * (1 - p))), (Users * p) + (5 * Math.Sqrt(Users * p * (1 - p))));
    }

    [Fact]
    public void Raising_the_share_only_moves_users_to_the_service()
    {
        HashSet<int> before = [];
        foreach (var share in (string[])["0.01", "1", "5", "5.01", "25", "50", "99.99", "100"])
        {
            var served = Served(Split($$"""{ "share": {{share}} }"""));

            Assert.True(served.IsSupersetOf(before), share);
            before = served;
        }

        Assert.Equal(Users, before.Count);
    }

    [Fact]
    public void The_id_salts_the_draw_unless_a_salt_does()
    {
        var own = Served(Split("""{ "share": 10 }"""));

        Assert.Equal(own, Served(Split("""{ "share": 10, "salt": "a" }""")));
        Assert.NotEqual(own, Served(Split("""{ "share": 10, "salt": "again" }""")));
    }

    [Fact]
    public void Two_facades_with_one_file_split_alike() => Assert.Equal(Served(Split("""{ "share": 40 }""")), Served(Split("""{ "share": 40 }""")));

    [Theory]
    [InlineData("0", "service", null, Side.Legacy)]
    [InlineData("0", null, "side=service", Side.Legacy)]
    [InlineData("5", "service", null, Side.Service)]
    [InlineData("5", "LEGACY", null, Side.Legacy)]
    [InlineData("5", null, "a=1; side=service", Side.Service)]
    [InlineData("5", "legacy", "side=service", Side.Legacy)]
    [InlineData("5", "both", "side=service", Side.Service)]
    [InlineData("5", "both", "side=", null)]
    [InlineData("5", null, null, null)]
    [InlineData("100", null, null, Side.Service)]
    [InlineData("100", "legacy", null, Side.Legacy)]
    public void Testers_choose_their_side_unless_the_share_is_zero(string share, string? header, string? cookies, object? side)
    {
        var split = Split($$"""{ "share": {{share}}, "testers": { "header": "X-Side", "cookie": "side" } }""");

        Assert.Equal(side, split.SideOf(new HeaderDictionary { ["X-Side"] = header, ["Cookie"] = cookies }));
    }

    [Theory]
    [InlineData("\"stage\": \"legacy\"", 0)]
    [InlineData("\"stage\": \"service\"", 100)]
    [InlineData("\"stage\": \"canary\", \"canary\": { \"share\": 12.5, \"salt\": \"x\", \"testers\": { \"header\": \"X\" } }", 12.5)]
    public void Assets_follow_their_page_through_its_stages(string stage, double share)
    {
        var table = Tables.Of($$"""
            { "id": "assets", "match": { "path": "/static/{**rest}", "methods": ["GET"] }, "service": "people", "stage": "canary", "canary": { "follows": "Page" } },
            { "id": "page", "match": { "path": "/page", "methods": ["GET"] }, "service": "orders", "identity": "required", {{stage}} },
            """);

        var (assets, page) = (table.Route("assets")!.Split!, table.Route("page")!.Split);

        Assert.Equal(((decimal)share, true), (assets.Share.Percent, assets.ByUser));
        Assert.True(page is null || page == assets);
    }

    private static CanarySplit Split(string canary) =>
        Tables.Of($$"""{ "id": "a", "match": { "path": "/a", "methods": ["GET"] }, "service": "orders", "stage": "canary", "canary": {{canary}} },""").Route("a")!.Split!;

    private static HashSet<int> Served(CanarySplit split) => [.. Enumerable.Range(0, Users).Where(user => split.Serves(StickyKey.User($"user {user}")))];
}
