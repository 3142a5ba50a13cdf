using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Strangler.Facade.Tests;

/// <summary>What differs from itself is noise, what does not is a mismatch, and the two are never mixed up.</summary>
public sealed class NoiseTests
{
    private static readonly ShadowSettings Settings = new() { Ignore = [new FieldPattern("body.ignored")] };

    [Fact]
    public async Task A_field_that_changes_by_itself_is_noise_and_a_wrong_one_beside_it_is_still_found()
    {
        var n = 0;
        await using var run = await ShadowRun.StartAsync(
            context => context.Response.WriteAsJsonAsync(new { token = Interlocked.Increment(ref n), price = 1.5, name = "Ana" }, cancellationToken: context.RequestAborted),
            context => context.Response.WriteAsJsonAsync(new { token = Interlocked.Increment(ref n), price = context.Request.Path.Value!.EndsWith("/wrong", StringComparison.Ordinal) ? 2.5 : 1.5, name = "Ana" }, cancellationToken: context.RequestAborted));

        for (var i = 0; i < 20; i++) (await run.Facade.Client.GetAsync(i % 4 == 0 ? "/orders/wrong" : "/orders/1", TestContext.Current.CancellationToken)).Dispose();
        var counts = await run.SettledAsync(20);

        Assert.Equal((0, 15, 5), (counts.Equal, counts.Noisy, counts.Different));
        Assert.Equal(10, run.Shadow.Mismatches.AskedTwice);
        var fields = run.Shadow.Mismatches.Read(run.Shadow.Settings);
        Assert.Equal(["body.price mismatch 5 0", "body.token noise 20"], fields.Select(field => $"{field.Field} {field.Verdict} {field.Count}{(field.Noise == 0 ? " 0" : "")}"));
    }

    [Fact]
    public async Task Legacy_is_asked_twice_for_the_first_ten_and_a_share_and_with_noise_0_never()
    {
        var (asked, never) = (0, 0);
        await using var some = await ShadowRun.StartAsync(context => Count(context, ref asked), context => context.Response.WriteAsync("x"), """{ "noise": 10 }""", "--Facade:Shadow:Concurrency", "1");
        await using var none = await ShadowRun.StartAsync(context => Count(context, ref never), context => context.Response.WriteAsync("x"), """{ "noise": 0 }""");

        for (var i = 1; i <= 50; i++)
        {
            (await some.Facade.Client.GetAsync("/orders/1", TestContext.Current.CancellationToken)).Dispose();
            await some.SettledAsync(i);
            (await none.Facade.Client.GetAsync("/orders/1", TestContext.Current.CancellationToken)).Dispose();
        }

        await none.SettledAsync(50);
        // The first ten, then one of ten.
        Assert.Equal((14, 64, 50), (some.Shadow.Mismatches.AskedTwice, asked, never));
    }

    [Fact]
    public void The_gravest_difference_decides_and_ignored_never_hides_a_mismatch()
    {
        var table = new MismatchTable();
        for (var i = 0; i < 10; i++) table.Learn([Of("body.noisy")], default);

        Assert.Equal(Verdict.Equal, Judge());
        Assert.Equal(Verdict.Ignored, Judge("body.ignored"));
        Assert.Equal(Verdict.Noisy, Judge("body.noisy", "body.ignored"));
        Assert.Equal(Verdict.Different, Judge("body.ignored", "body.noisy", "body.real"));
        Assert.Equal(["body.real mismatch", "body.noisy noise", "body.ignored ignored"], table.Read(Settings).Select(field => $"{field.Field} {field.Verdict}"));

        Verdict Judge(params string[] fields) => table.Judge([.. fields.Select(Of)], Settings, default, difference => new MismatchSample("", default, "GET", "/", null, null));
    }

    [Theory]
    [InlineData(0, 100, 1, 1000, false)]
    [InlineData(1, 1, 1, 1, true)]
    [InlineData(50, 50, 100, 100, true)]
    [InlineData(3, 10, 35, 100, true)]
    [InlineData(1, 100, 100, 100, false)]
    [InlineData(5, 100, 6, 100, true)]
    [InlineData(5, 100, 40, 100, false)]
    [InlineData(50, 100, 0, 100, true)]
    public void Noise_explains_a_difference_that_is_about_as_frequent(long noise, long askedTwice, long different, long compared, bool explains) =>
        Assert.Equal(explains, new FieldNoise { Noise = noise, Different = different }.Explains(compared, askedTwice));

    [Fact]
    public void Another_kind_of_difference_in_a_noisy_field_is_not_noise()
    {
        var table = new MismatchTable();
        for (var i = 0; i < 10; i++) table.Learn([Of("body.token")], default);

        Assert.Equal(Verdict.Different, table.Judge([new Difference("body.token", DifferenceKind.Missing, "1", null)], Settings, default, difference => new MismatchSample("", default, "GET", "/", null, null)));
    }

    [Fact]
    public void Fields_and_samples_are_bounded()
    {
        var table = new MismatchTable();
        for (var i = 0; i < 700; i++)
        {
            table.Judge([Of("body." + i.ToString(CultureInfo.InvariantCulture)), Of("body.0")], Settings, DateTimeOffset.UnixEpoch.AddSeconds(i), difference => new MismatchSample($"{i}", default, "GET", "/", null, null));
        }

        var fields = table.Read(Settings);
        Assert.Equal((500, 200), (fields.Count, table.Overflow));
        var first = fields.Single(field => field.Field == "body.0");
        Assert.Equal((0, 699), (first.First.ToUnixTimeSeconds(), first.Last.ToUnixTimeSeconds()));
        Assert.Equal(["695", "696", "697", "698", "699"], first.Samples.Select(sample => sample.Id));
    }

    private static Difference Of(string field) => new(field, DifferenceKind.Value, "a", "b");

    private static Task Count(HttpContext context, ref int count)
    {
        Interlocked.Increment(ref count);
        return context.Response.WriteAsync("x");
    }
}
