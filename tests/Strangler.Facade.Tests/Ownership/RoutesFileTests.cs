using System.Text;

namespace Strangler.Facade.Tests;

public sealed class RoutesFileTests
{
    [Theory]
    [Transparency(12, 92)]
    [MemberData(nameof(RefusedFiles.All), MemberType = typeof(RefusedFiles))]
    public void Every_error_is_listed_at_once_with_place_and_cure(string name, string file, string errors, bool _)
    {
        var result = RoutesFile.Parse(Encoding.UTF8.GetBytes(file));

        Assert.True(result.Table is null, name);
        Assert.Equal(errors.ReplaceLineEndings("\n"), string.Join('\n', result.Errors));
    }

    [Theory]
    [InlineData("orders", "A path begins with '/'. Write \"/orders\".")]
    [InlineData("/a?b", "A path has no query and no fragment; ownership looks at the path alone. Cut it before '?' or '#'.")]
    [InlineData("/rel%C3%A1rio", "A template is written decoded; '%' never matches. Write the character itself, e.g. \"/relatório\".")]
    [InlineData("/a\\b", "A path separates its segments by '/'. Replace '\\' by '/'.")]
    [InlineData("/a//b", "The path has an empty segment ('//'). Write one '/'.")]
    [InlineData("/a/../b", "The segment '..' never arrives: dot segments are resolved before the match. Write the resolved path.")]
    [InlineData("/a/x{id}", "The segment 'x{id}' mixes text and a parameter. Make the whole segment a parameter, e.g. \"{name}\".")]
    [InlineData("/a/{*rest}", "'{*rest}' is not known. Write \"{**rest}\" for the rest of the path.")]
    [InlineData("/a/{id:int}", "'{id:int}' has a constraint, which ownership does not look at. Write \"{id}\".")]
    [InlineData("/a/{id?}", "'{id?}' has a constraint, which ownership does not look at. Write \"{id}\".")]
    [InlineData("/a/{}", "'{}' is no parameter. Name it with letters, digits and '_', e.g. \"{id}\".")]
    [InlineData("/{a}/{A}", "The parameter 'A' appears twice. Give each parameter its own name.")]
    [InlineData("/{**rest}/a", "'{**rest}' takes the rest of the path, so nothing can follow it. Move it to the end, or write \"{rest}\" for one segment.")]
    public void A_wrong_path_says_what_to_write(string path, string error)
    {
        var result = RoutesFile.Parse(Tables.File($$"""{ "id": "a", "match": { "path": {{System.Text.Json.JsonSerializer.Serialize(path)}} }, "stage": "legacy" },"""));

        var only = Assert.Single(result.Errors);
        Assert.Equal(error, $"{only.Message} {only.Cure}");
        Assert.Equal(path, only.Value);
    }

    [Fact]
    public void A_missing_file_is_an_error_with_a_cure()
    {
        var path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString(), "routes.json");

        var only = Assert.Single(RoutesFile.Read(path).Errors);

        Assert.Equal($"line 1, column 1, $: The file '{path}' does not exist. Check the path; `strangler init --legacy URL` writes a first file.", only.ToString());
    }

    [Fact]
    public void Bytes_that_are_no_utf8_are_named_where_they_stand()
    {
        byte[] file = [.. "{\n \"x\": \""u8, 0xE9, .. "\" }"u8];

        Assert.Equal("line 2, column 8, $: The file is not UTF-8. Save it as UTF-8.", Assert.Single(RoutesFile.Parse(file).Errors).ToString());
    }

    [Fact]
    public void Comments_trailing_commas_and_a_byte_order_mark_are_allowed()
    {
        byte[] file = [0xEF, 0xBB, 0xBF, .. Tables.File("""
            // a comment
            { "id": "a", "match": { "path": "/a", }, /* another */ "stage": "legacy", },
            """)];

        var table = Tables.Good(RoutesFile.Parse(file));

        Assert.Equal(["a", "everything-else"], table.Routes.Select(route => route.Id));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file)), table.Hash);
    }

    [Fact]
    public void An_entry_is_read_whole()
    {
        var table = Tables.Of("""{ "id": "a", "match": { "path": "/a/{id}", "methods": ["GET", "PROPFIND"], "hosts": ["*.example:8080"] }, "service": "orders", "identity": "required", "stage": "service" },""");

        var route = table.Route("A")!;
        Assert.Equal(("a", "/a/{id}", Stage.Service, true), (route.Id, route.Path, route.Stage, route.IdentityRequired));
        Assert.Equal(["GET", "PROPFIND"], route.Methods);
        Assert.Equal(["*.example:8080"], route.Hosts);
        Assert.Equal(("orders", new Uri("http://127.0.0.1:8083"), ForwardedPolicy.None), (route.Owner.Name, route.Owner.Address, route.Owner.Forwarded));
        Assert.Equal((ServiceRules.DefaultLoadBalancing, HealthRule.Default, BreakerRule.Default), (route.Owner.Rules!.LoadBalancing, route.Owner.Rules.Health, route.Owner.Rules.Breaker));
        Assert.Same(route.Service, route.Owner);
    }

    [Fact]
    public void Addresses_of_the_configuration_override_those_of_the_file()
    {
        var table = Tables.Of("""{ "id": "a", "match": { "path": "/a" }, "service": "orders", "stage": "service" },""");

        var moved = table.WithAddresses(new Dictionary<string, Uri> { ["orders"] = new("http://elsewhere:1"), ["nobody"] = new("http://x") });

        Assert.Equal(new Uri("http://elsewhere:1"), moved.Route("a")!.Owner.Address);
        Assert.Equal([new Uri("http://elsewhere:1")], moved.Route("a")!.Owner.Rules!.Destinations);
        Assert.Equal(new Uri("http://127.0.0.1:8082"), moved.Routes[^1].Owner.Address);
        Assert.Equal(table.Hash, moved.Hash);
    }
}
