namespace Strangler.Bench;

/// <summary>How much to measure.</summary>
/// <param name="Rounds">Each runs every contestant once, in random order.</param>
/// <param name="Load">Length of a contestant's load in a round, without its warm-up.</param>
/// <param name="Rows">Rows that the anti-corruption layer drains in a round.</param>
/// <param name="ManyRows">Rows of a backfill, and of a large transaction.</param>
/// <param name="Soak">How long the layer's memory is watched at full rate.</param>
internal sealed record BenchPlan(int Rounds, TimeSpan Load, int Rows, int ManyRows, TimeSpan Soak)
{
    private static readonly TimeSpan Compiled = TimeSpan.FromSeconds(8);

    /// <summary>Load before a contestant is measured: as long as the load itself, and at least until the runtime has compiled what is hot.</summary>
    public TimeSpan WarmUp => Load < Compiled ? Compiled : Load;

    /// <summary>Folder of the run's own files; the script that starts the bench makes and removes it.</summary>
    public static string Folder => Environment.GetEnvironmentVariable("STRANGLER_BENCH_FOLDER")
        ?? throw new BenchException("STRANGLER_BENCH_FOLDER is not set; start the bench by tests/bench/run.");
}

/// <summary>A measurement that means nothing: a contestant did not start, or answered wrongly.</summary>
internal sealed class BenchException(string message) : Exception(message);
