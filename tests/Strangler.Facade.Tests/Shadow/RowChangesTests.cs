using Microsoft.AspNetCore.Http;

namespace Strangler.Facade.Tests;

/// <summary>GETs that write, seen by legacy's rows.</summary>
public sealed class RowChangesTests
{
    [Theory]
    [InlineData(9, 9, 0, false)]
    [InlineData(10, 10, 0, true)]
    [InlineData(10, 10, 10, false)] // Rows change all the time: nothing is known.
    [InlineData(10, 1, 0, false)]
    [InlineData(1000, 200, 20, true)]
    [InlineData(1000, 100, 20, false)]
    [InlineData(1000, 20, 18, false)]
    [InlineData(1000, 0, 1000, false)]
    public void Rows_that_change_with_a_question_more_often_than_without_show_that_it_wrote(int asked, int changed, int otherwise, bool wrote)
    {
        var rows = new RowChanges();
        var warnings = 0;

        // The changes first on one side and last on the other, as they may fall.
        for (var i = 0; i < asked; i++)
        {
            if (rows.Note(asked - i <= changed, i < otherwise)) warnings++;
        }

        Assert.Equal(new RowsSeen(asked, changed, otherwise, wrote), rows.Read());
        Assert.Equal(wrote ? 1 : 0, warnings);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_route_whose_GETs_write_is_found_and_a_harmless_one_is_not(bool writes)
    {
        var rows = 0;
        await using var layer = await Backend.StartAsync(context => context.Response.WriteAsync($$"""{ "source": { "head": {{Volatile.Read(ref rows)}} } }"""));
        await using var run = await ShadowRun.StartAsync(
            context =>
            {
                if (writes) Interlocked.Increment(ref rows);
                return context.Response.WriteAsync("orders");
            },
            context => context.Response.WriteAsync("orders"),
            $$"""{ "noise": 100, "changes": { "url": "{{layer.Address}}", "value": "source.head" } }""", "--Facade:Shadow:Timeout", "00:00:30");

        for (var i = 0; i < 12; i++)
        {
            (await run.Facade.Client.GetAsync("/orders/1", TestContext.Current.CancellationToken)).Dispose();
            await run.SettledAsync(i + 1);
        }

        var found = run.Shadow.Rows.Read();
        Assert.Equal((12, writes), (found.Asked, found.Wrote));
        Assert.Equal((writes ? 12 : 0, 0), (found.Changed, found.Otherwise));
        Assert.Contains($"\"legacy_rows\":{{\"asked\":12,\"changed\":{(writes ? 12 : 0)},\"otherwise\":0,\"wrote\":{(writes ? "true" : "false")}}}", await run.Facade.Admin.GetStringAsync("/mismatches?route=orders", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_counter_that_nobody_tells_costs_nothing_but_the_knowledge()
    {
        await using var run = await ShadowRun.StartAsync(
            context => context.Response.WriteAsync("orders"), context => context.Response.WriteAsync("orders"),
            """{ "noise": 100, "changes": { "url": "http://127.0.0.1:1/lag", "value": "head" } }""");

        (await run.Facade.Client.GetAsync("/orders/1", TestContext.Current.CancellationToken)).Dispose();
        var counts = await run.SettledAsync(1);

        Assert.Equal((1, 0), (counts.Equal, run.Shadow.Rows.Read().Asked));
        Assert.Equal(1, run.Shadow.Mismatches.AskedTwice);
    }
}
