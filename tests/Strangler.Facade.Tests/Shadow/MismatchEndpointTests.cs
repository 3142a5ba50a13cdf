using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Strangler.Facade.Tests;

public sealed class MismatchEndpointTests : IAsyncLifetime
{
    private ShadowRun run = null!;
    private string? lastCookie;

    public async ValueTask InitializeAsync() => run = await ShadowRun.StartAsync(
        context =>
        {
            lastCookie = context.Request.Headers.Cookie;
            return context.Response.WriteAsJsonAsync(new { name = "Maria Silva", born = "1980-02-29", state = "open" });
        },
        context => context.Response.WriteAsJsonAsync(new { name = "MARIA SILVA", born = "29/02/1980", state = "closed" }),
        """{ "reveal": ["body.state"], "exclude": ["/orders/logout"] }""");

    public ValueTask DisposeAsync() => run.DisposeAsync();

    [Fact]
    public async Task Fields_are_listed_with_counts_times_and_masked_samples()
    {
        for (var i = 0; i < 3; i++) (await run.Facade.Client.GetAsync("/orders/4711?name=Maria", TestContext.Current.CancellationToken)).Dispose();
        (await run.Facade.Client.GetAsync("/orders/logout", TestContext.Current.CancellationToken)).Dispose();
        await run.SettledAsync(4);

        var text = await run.Facade.Admin.GetStringAsync("/mismatches?route=ORDERS", TestContext.Current.CancellationToken);
        var report = JsonSerializer.Deserialize<JsonElement>(text);

        Assert.Equal(["route", "stage", "service", "since", "counts", "asked_twice", "legacy_wrote", "service_wrote", "legacy_rows", "fields", "fields_left_out"], report.EnumerateObject().Select(member => member.Name));
        Assert.Equal("""{"seen":4,"skipped":{"excluded":1},"dropped":{},"waiting":0,"sent":3,"under_way":0,"timed_out":0,"failed":{},"compared":3,"equal":0,"ignored":0,"noisy":0,"different":3}""", report.GetProperty("counts").GetRawText());
        Assert.Equal(
            ["body.born value mismatch 3 9999-99-99 99/99/9999", "body.name letter_case mismatch 3 Xxxxx Xxxxx XXXXX XXXXX", "body.state value mismatch 3 open closed"],
            report.GetProperty("fields").EnumerateArray().Select(field => string.Join(' ',
                field.GetProperty("field"), field.GetProperty("kind"), field.GetProperty("verdict"), field.GetProperty("count"),
                field.GetProperty("samples")[0].GetProperty("legacy"), field.GetProperty("samples")[0].GetProperty("candidate"))));
        Assert.Equal("/orders/9999?name=Xxxxx", report.GetProperty("fields")[0].GetProperty("samples")[0].GetProperty("target").GetString());
        // The fraction of a second may be any number.
        var told = Regex.Replace(text, @"(?<=T\d\d:\d\d:\d\d)\.\d+", "");
        Assert.DoesNotContain("maria", told, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("4711", told, StringComparison.Ordinal);
        Assert.DoesNotContain("1980", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sample_is_sent_again_with_the_session_of_whoever_asks_and_counts_nowhere()
    {
        (await run.Facade.Client.GetAsync("/orders/4711", TestContext.Current.CancellationToken)).Dispose();
        var before = await run.SettledAsync(1);
        var id = run.Shadow.Mismatches.Read(run.Shadow.Settings)[0].Samples[0].Id;

        using var answer = await run.Facade.Admin.PostAsJsonAsync("/mismatches/repeat", new { route = "orders", id, headers = new Dictionary<string, string> { ["Cookie"] = "session=mine" } }, TestContext.Current.CancellationToken);
        var repeated = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal("session=mine", lastCookie);
        Assert.Equal(
            """{"method":"GET","target":"/orders/9999","legacy_status":200,"candidate_status":200,"not_asked":null,"differences":[{"name":"body.name","kind":"letter_case","places":1,"legacy":"Xxxxx Xxxxx","candidate":"XXXXX XXXXX"},{"name":"body.born","kind":"value","places":1,"legacy":"9999-99-99","candidate":"99/99/9999"},{"name":"body.state","kind":"value","places":1,"legacy":"open","candidate":"closed"}]}""",
            repeated);
        Assert.Equivalent(before, run.Counts);
    }

    [Theory]
    [InlineData("/mismatches", "'route' is missing: /mismatches?route=ID.")]
    [InlineData("/mismatches?route=x", "There is no route 'x'. Routes: orders, everything-else.")]
    [InlineData("/mismatches?route=everything-else", "Route 'everything-else' has not been in stage shadow since this facade started; it is in stage legacy.")]
    public async Task A_wrong_question_is_answered_by_what_is_wrong(string question, string error)
    {
        using var answer = await run.Facade.Admin.GetAsync(question, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(error, (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("application/json", """{"route":"orders","id":"0"}""", "There is no sample '0' of route 'orders' any more; `strangler mismatches orders` shows those there are.")]
    [InlineData("application/json", "{}", "A repetition is application/json: {route, id, headers}, the id that of a sample, the headers by name.")]
    [InlineData("text/plain", """{"route":"orders","id":"0"}""", "A repetition is application/json: {route, id, headers}, the id that of a sample, the headers by name.")]
    public async Task A_wrong_repetition_is_refused(string type, string body, string error)
    {
        using var answer = await run.Facade.Admin.PostAsync("/mismatches/repeat", new StringContent(body, null, type), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(error, (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("error").GetString());
    }
}
