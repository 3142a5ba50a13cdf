using System.Collections.Concurrent;
using System.Diagnostics;
using EndToEnd.Tests.Clinics;
using Strangler.Tests.Servers;

namespace EndToEnd.Tests;

/// <summary>Ownership changes while users work: none of them may notice.</summary>
public abstract class LoadTests<TClinic>(TClinic clinic) : SharedClinicTests(clinic)
    where TClinic : RunningClinic
{
    private static readonly string[] Pages = ["/periodicos/", "/periodicos/vencendo/?dias=30", "/clientes/absenteismo/graficos/cat/", "/pacientes/"];

    [Fact]
    public async Task Twelve_flips_within_a_minute_of_load_fail_no_request_and_change_no_byte()
    {
        await StoredRows.AssertEqualAsync(clinic);
        await using var load = await Load.StartAsync(clinic, Pages);
        var watch = Stopwatch.StartNew();
        for (var flip = 0; flip < 12; flip++)
        {
            var answered = load.Answered;
            await Tool.FlipAsync(clinic, flip % 4 < 2 ? "periodicals" : "absenteeism", flip % 2 == 0 ? "service" : "legacy");
            await Wait.UntilAsync(() => load.Answered > answered + 40, "the load goes on after a flip");
        }

        var elapsed = watch.Elapsed;
        await load.StopAsync();

        Assert.Empty(load.Failures);
        Assert.True(elapsed < TimeSpan.FromMinutes(1), $"12 flips took {elapsed}.");
    }

    [Fact]
    public async Task A_broken_routes_file_is_refused_with_every_error_under_traffic_and_the_next_good_one_is_live_within_a_second()
    {
        var good = await File.ReadAllTextAsync(clinic.RoutesFile);
        await using var load = await Load.StartAsync(clinic, Pages);
        var broken = good.Replace("\"stage\": \"legacy\"", "\"stage\": \"legasy\"", StringComparison.Ordinal).Replace("\"required\"", "\"sometimes\"", StringComparison.Ordinal);

        await ReplaceAsync(broken);
        Tool.Result refused = null!;
        await Wait.UntilAsync(
            async () =>
            {
                refused = await Tool.RunAsync("status", "--json", "--admin", clinic.Admin.OriginalString);
                return refused.Json.GetProperty("refused").ValueKind != System.Text.Json.JsonValueKind.Null;
            },
            "the facade reports the refusal");
        var answered = load.Answered;
        await Wait.UntilAsync(() => load.Answered > answered + 100, "traffic goes on under a broken file");
        var next = good.Replace("\"routes\"", "\n  \"routes\"", StringComparison.Ordinal);
        await ReplaceAsync(next);
        var watch = Stopwatch.StartNew();
        using var admin = new HttpClient { BaseAddress = clinic.Admin };
        await Wait.UntilAsync(
            async () => (await admin.GetStringAsync("/status")).Contains("\"refused\":null", StringComparison.Ordinal), "the good file is live", TimeSpan.FromSeconds(5));
        var live = watch.Elapsed;
        await load.StopAsync();

        var messages = refused.Json.GetProperty("refused").GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("message").GetString()!).ToList();
        Assert.Equal(5, messages.Count);
        Assert.Equal(3, messages.Count(message => message.Contains("legasy", StringComparison.Ordinal)));
        Assert.Equal(2, messages.Count(message => message.Contains("sometimes", StringComparison.Ordinal)));
        Assert.True(live < TimeSpan.FromSeconds(1), $"The good file took {live} to go live.");
        Assert.Empty(load.Failures);
    }

    private async Task ReplaceAsync(string text)
    {
        var next = clinic.RoutesFile + ".next";
        await File.WriteAllTextAsync(next, text);
        File.Move(next, clinic.RoutesFile, overwrite: true);
    }

    /// <summary>Four logged-in users asking for the same pages over and over; every answer must be the first one, byte for byte.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly List<Task> users = [];
        private int answered;

        public ConcurrentQueue<string> Failures { get; } = [];

        public int Answered => Volatile.Read(ref answered);

        public static async Task<Load> StartAsync(RunningClinic clinic, string[] pages)
        {
            var load = new Load();
            for (var number = 0; number < 4; number++)
            {
                var user = await ClinicUser.LoggedInAsync(clinic.Facade);
                var expected = new List<Answer>();
                foreach (var page in pages) expected.Add(await user.GetAsync(page));
                Assert.All(expected, answer => Assert.Equal(200, answer.Status));
                load.users.Add(load.WorkAsync(user, pages, expected));
            }

            return load;
        }

        public async Task StopAsync()
        {
            await stop.CancelAsync();
            await Task.WhenAll(users);
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            stop.Dispose();
        }

        private async Task WorkAsync(ClinicUser user, string[] pages, List<Answer> expected)
        {
            await Task.Yield();
            for (var turn = 0; !stop.IsCancellationRequested; turn++)
            {
                var page = turn % pages.Length;
                try
                {
                    Answer.AssertSame(pages[page], expected[page], await user.GetAsync(pages[page]));
                }
                catch (Exception failure)
                {
                    Failures.Enqueue(failure.Message);
                }

                Interlocked.Increment(ref answered);
            }

            user.Dispose();
        }
    }
}

[Collection(nameof(CombinedClinic))]
public sealed class CombinedLoadTests(CombinedClinic clinic) : LoadTests<CombinedClinic>(clinic);

[Collection(nameof(DistributedClinic))]
public sealed class DistributedLoadTests(DistributedClinic clinic) : LoadTests<DistributedClinic>(clinic);
