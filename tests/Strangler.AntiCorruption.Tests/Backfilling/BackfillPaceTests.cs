using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>How large the chunks of a backfill are.</summary>
public sealed class BackfillPaceTests
{
    private static readonly AntiCorruptionOptions Options = new() { BackfillChunkTime = TimeSpan.FromMilliseconds(100), BackfillChunkRows = 5_000 };

    [Theory]
    [InlineData(0.1, 1_000)]
    [InlineData(20, 5)]
    [InlineData(500, 1)]
    [InlineData(0.001, 5_000)]
    [InlineData(0, 5_000)]
    public void Rows_follow_the_time_that_they_keep_the_stream_to_themselves(double rowMilliseconds, int rows)
    {
        var pace = new BackfillPace(Options);

        for (var chunk = 0; chunk < 20; chunk++) pace.Took(pace.Rows, TimeSpan.FromMilliseconds(pace.Rows * rowMilliseconds));

        Assert.Equal(rows, pace.Rows);
    }

    [Fact]
    [Behaviour(52)]
    public void An_unsteady_machine_does_not_shrink_chunks_to_nothing()
    {
        var (pace, unsteady, sizes) = (new BackfillPace(Options), new Random(1), new List<int>());

        for (var chunk = 0; chunk < 1_000; chunk++)
        {
            sizes.Add(pace.Rows);
            pace.Took(pace.Rows, TimeSpan.FromMilliseconds(pace.Rows * 0.1 * Math.Pow(10, unsteady.NextDouble())));
        }

        // A row takes 0.1 to 1 ms.
        Assert.InRange(sizes.Average(), 200, 1_000);
    }

    [Fact]
    public void The_last_rows_of_a_table_tell_nothing_of_a_full_chunk()
    {
        var pace = new BackfillPace(Options);
        var before = pace.Rows;

        pace.Took(3, TimeSpan.FromSeconds(10));

        Assert.Equal(before, pace.Rows);
    }
}
