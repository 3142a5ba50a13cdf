using System.Net;
using System.Text.Json;
using EndToEnd.Tests.Clinics;
using Strangler.Tests.Servers;

namespace EndToEnd.Tests;

/// <summary>The second sample: another schema, the public API alone, as another team would start.</summary>
public sealed class WarehouseTests : IAsyncLifetime
{
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("strangler-warehouse-");
    private readonly int port = RunningClinic.FreePorts();
    private HostProcess? process;

    [Fact]
    public async Task A_part_reads_the_same_from_both_owners_and_what_legacy_writes_reaches_the_service()
    {
        using var user = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = At(0) };
        using var service = new HttpClient { BaseAddress = At(3) };
        string[] parts = ["/parts/HB-M8", "/parts/WN-M8", "/parts/SC-35", "/parts/OLD-1", "/parts/GL-22", "/parts/NEVER"];
        await Wait.UntilAsync(async () => (await service.GetAsync("/parts/SC-35")).StatusCode == HttpStatusCode.OK, "the rows that exist have come");
        var before = await AnswersAsync(user, parts);
        Assert.Contains("<p>36 pieces in A-03-2</p>", before[0], StringComparison.Ordinal);

        await FlipAsync("service");
        Assert.Equal(before, await AnswersAsync(user, parts));

        using var taken = await user.PostAsync("/parts/HB-M8/take", new FormUrlEncodedContent([new("pieces", "6")]));
        Assert.Equal(HttpStatusCode.Redirect, taken.StatusCode);
        await Wait.UntilAsync(async () => (await user.GetStringAsync("/parts/HB-M8")).Contains("30 pieces", StringComparison.Ordinal), "the service knows what was taken");
        var flipped = await AnswersAsync(user, parts);
        await FlipAsync("legacy");
        Assert.Equal(flipped, await AnswersAsync(user, parts));
    }

    [Fact]
    public async Task What_nobody_can_count_waits_in_quarantine()
    {
        using var layer = new HttpClient { BaseAddress = At(4) };
        JsonElement listed = default;
        await Wait.UntilAsync(
            async () =>
            {
                listed = JsonDocument.Parse(await layer.GetStringAsync("/quarantine")).RootElement;
                return listed.GetRawText().Contains("quantity.unreadable", StringComparison.Ordinal);
            },
            "the row that cannot be translated is listed");
    }

    public async ValueTask InitializeAsync()
    {
        process = HostProcess.Start(RunningClinic.Built("Warehouse"), "--data", data.FullName, "--port", $"{port}");
        await process.PrintsAsync("The warehouse is ready", TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Equal(0, await process!.InterruptAsync());
        process.Dispose();
        data.Delete(recursive: true);
    }

    private static async Task<List<string>> AnswersAsync(HttpClient client, string[] paths)
    {
        var answers = new List<string>();
        foreach (var path in paths)
        {
            using var answer = await client.GetAsync(path);
            answers.Add($"{path} {(int)answer.StatusCode} {answer.Content.Headers} {await answer.Content.ReadAsStringAsync()}");
        }

        return answers;
    }

    private async Task FlipAsync(string stage)
    {
        var result = await Tool.RunAsync("flip", "part", "--to", stage, "--why", "sample", "--admin", At(1).OriginalString);
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
    }

    private Uri At(int offset) => new($"http://127.0.0.1:{port + offset}");
}
