using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>How large the chunks of a backfill are.</summary>
public sealed class BackfillPaceTests
{
    private static readonly AntiCorruptionOptions Options = new() { BackfillChunkTime = TimeSpan.FromMilliseconds(100), BackfillChunkRows = 5_000 };

    [Theory]
    [InlineData(0, 0.1, 1_000)]
    [InlineData(5, 0.1, 1_000)]
    [InlineData(110, 0.1, 1_000)]
    [InlineData(1_000, 0.1, 1_000)]
    [InlineData(110, 20, 5)]
    [InlineData(0, 500, 1)]
    [InlineData(110, 0.001, 5_000)]
    public void Rows_follow_what_a_row_takes_whatever_every_chunk_takes(double fixedMilliseconds, double rowMilliseconds, int rows)
    {
        var (pace, sizes) = (new BackfillPace(Options), new List<int>());

        for (var chunk = 0; chunk < 100; chunk++)
        {
            sizes.Add(pace.Rows);
            pace.Took(pace.Rows, TimeSpan.FromMilliseconds(fixedMilliseconds + (pace.Rows * rowMilliseconds)));
        }

        // Now and then it tries another size, or it could not tell the two parts apart.
        Assert.InRange(sizes.Skip(40).Average(), rows * 0.8, (rows * 1.1) + 1);
    }

    [Fact]
    [Behaviour(52)]
    public void A_slow_and_unsteady_machine_does_not_shrink_chunks_to_nothing()
    {
        var (pace, unsteady, rows, milliseconds) = (new BackfillPace(Options), new Random(1), 0, 0d);

        for (var chunk = 0; chunk < 1_000; chunk++)
        {
            var took = 60 + (unsteady.NextDouble() * 90) + (pace.Rows * 0.1);
            (rows, milliseconds) = (rows + pace.Rows, milliseconds + took);
            pace.Took(pace.Rows, TimeSpan.FromMilliseconds(took));
        }

        Assert.InRange(rows / milliseconds * 1_000, 2_000, 10_000);
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
