using Xunit;
using System.Diagnostics;

namespace Strangler.Tests.Servers;

/// <summary>Waits for a condition with a deadline; never for a length of time.</summary>
public static class Wait
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns when the condition holds; fails the test, naming <paramref name="condition"/>, when it does not within the deadline (a minute by default: a machine may be slow).</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, string condition, TimeSpan? deadline = null)
    {
        var limit = deadline ?? Patience;
        var watch = Stopwatch.StartNew();
        while (!await holds())
        {
            if (watch.Elapsed > limit) Assert.Fail($"Waited {limit.TotalSeconds:0.#} s in vain until {condition}.");
            await Task.Delay(Interval);
        }
    }

    public static Task UntilAsync(Func<bool> holds, string condition, TimeSpan? deadline = null) =>
        UntilAsync(() => Task.FromResult(holds()), condition, deadline);
}
