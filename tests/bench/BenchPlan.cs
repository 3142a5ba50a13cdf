namespace Strangler.Bench;

/// <summary>How much to measure.</summary>
/// <param name="Rounds">Each runs every contestant once, in random order.</param>
/// <param name="Load">Length of a contestant's load in a round, without its warm-up.</param>
/// <param name="Rows">Rows that the anti-corruption layer drains in a round.</param>
internal sealed record BenchPlan(int Rounds, TimeSpan Load, int Rows)
{
    /// <summary>Load before a contestant is measured, in whole seconds.</summary>
    public TimeSpan WarmUp => TimeSpan.FromSeconds(Math.Ceiling(Load.TotalSeconds / 2));

    /// <summary>Folder of the run's own files; the script that starts the bench makes and removes it.</summary>
    public static string Folder => Environment.GetEnvironmentVariable("STRANGLER_BENCH_FOLDER")
        ?? throw new BenchException("STRANGLER_BENCH_FOLDER is not set; start the bench by tests/bench/run.");
}

/// <summary>A measurement that means nothing: a contestant did not start, or answered wrongly.</summary>
internal sealed class BenchException(string message) : Exception(message);
