using System.Net.Http.Json;
using System.Text.Json;

namespace Strangler.Facade.Tests;

public sealed class HistoryTests : IDisposable
{
    private static readonly byte[] ToLegacy = Tables.File("""{ "id": "orders", "match": { "path": "/orders" }, "service": "orders", "stage": "legacy" },""");
    private static readonly byte[] ToService = StageEdit.SetStage(ToLegacy, "orders", Stage.Service).File!;
    private static readonly byte[] WithoutOrders = Tables.File("");
    private readonly string folder = Directory.CreateTempSubdirectory("history-").FullName;

    private string HistoryFile => Path.Combine(folder, "history.jsonl");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    [Transparency(93)]
    public void Each_change_says_who_why_what_and_chains_to_the_one_before()
    {
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var history = History.Open(HistoryFile);

        history.Record(Table(ToLegacy), "ana", "first", at);
        history.Record(Table(ToService), "ana", "looks right", at);
        history.Record(Table(WithoutOrders), "file", "edited by hand", at);
        history.Record(Table([.. WithoutOrders, (byte)'\n']), "file", "edited by hand", at);

        var entries = history.Read(null).ToList();
        Assert.Equal(
            [
                "1 ana first orders:->legacy", "1 ana first everything-else:->legacy", "2 ana looks right orders:legacy->service",
                "3 file edited by hand orders:service->", "4 file edited by hand :->",
            ],
            entries.Select(entry => $"{entry.Revision} {entry.Who} {entry.Why} {entry.Route}:{entry.Before}->{entry.After}"));
        Assert.Equal(entries.Select(entry => entry.Hash).SkipLast(1).Prepend(HistoryEntry.NoHash), entries.Select(entry => entry.PreviousHash));
        Assert.Equal(["orders", "orders", "orders"], history.Read("ORDERS").Select(entry => entry.Route));
        Assert.Null(History.Open(HistoryFile).Problem);
    }

    [Fact]
    public void The_revision_goes_on_after_a_restart_and_the_same_file_is_no_change()
    {
        History.Open(HistoryFile).Record(Table(ToLegacy), "a", "b", DateTimeOffset.UnixEpoch);

        var history = History.Open(HistoryFile);

        Assert.Equal(1, history.Record(Table(ToLegacy), "a", "b", DateTimeOffset.UnixEpoch));
        Assert.Equal(2, history.Record(Table(ToService), "a", "b", DateTimeOffset.UnixEpoch));
        Assert.Equal("legacy", history.Read("orders").Last().Before);
    }

    [Theory]
    [InlineData("\"why\":\"b\"", "\"why\":\"c\"", "line 1 (revision 1) was changed, or does not follow the line before.")]
    [InlineData("\"revision\":1", "\"revision\": 1", "line 1 is no entry.")]
    public void A_changed_line_is_found_and_the_history_goes_on(string was, string now, string problem)
    {
        History.Open(HistoryFile).Record(Table(WithoutOrders), "a", "b", DateTimeOffset.UnixEpoch);
        File.WriteAllText(HistoryFile, File.ReadAllText(HistoryFile).Replace(was, now));

        var history = History.Open(HistoryFile);
        history.Record(Table(ToLegacy), "a", "b", DateTimeOffset.UnixEpoch);

        Assert.Contains(problem, history.Problem);
        Assert.Contains(problem, History.Open(HistoryFile).Problem);
        Assert.Single(history.Read("orders"));
    }

    [Fact]
    public void A_removed_line_is_found()
    {
        var history = History.Open(HistoryFile);
        history.Record(Table(ToLegacy), "a", "b", DateTimeOffset.UnixEpoch);
        history.Record(Table(ToService), "a", "b", DateTimeOffset.UnixEpoch);
        File.WriteAllLines(HistoryFile, File.ReadAllLines(HistoryFile).Where((_, index) => index != 1));

        Assert.Contains("line 2 (revision 2) was changed, or does not follow", History.Open(HistoryFile).Problem);
    }

    [Fact]
    public void A_line_torn_by_a_crash_is_dropped()
    {
        History.Open(HistoryFile).Record(Table(ToLegacy), "a", "b", DateTimeOffset.UnixEpoch);
        File.AppendAllText(HistoryFile, "{\"revision\":2,\"at\":");

        var history = History.Open(HistoryFile);

        Assert.Null(history.Problem);
        Assert.Equal(2, history.Record(Table(ToService), "a", "b", DateTimeOffset.UnixEpoch));
        Assert.Null(History.Open(HistoryFile).Problem);
    }

    [Fact]
    public void What_cannot_be_written_waits_and_is_written_later()
    {
        var history = History.Open(HistoryFile);
        Directory.CreateDirectory(HistoryFile);

        Assert.Equal(1, history.Record(Table(ToLegacy), "a", "b", DateTimeOffset.UnixEpoch));
        Assert.Contains("2 entries wait in memory.", history.Problem);
        Directory.Delete(HistoryFile);
        history.Flush();

        Assert.Null(history.Problem);
        Assert.Equal(2, history.Read(null).Count());
    }

    [Fact]
    public async Task An_announced_change_bears_the_name_and_the_reason_of_whoever_announced_it()
    {
        await using var facade = await RunningFacade.StartAsync(ToLegacy);
        using var announced = await facade.Admin.PostAsJsonAsync("/announcements", new { hash = RoutesFile.Parse(ToService).Hash, who = "ana", why = "numbers agree" });

        facade.Replace(ToService);
        await facade.UntilAsync(status => status.GetProperty("revision").GetInt64() == 2, TimeSpan.FromSeconds(1));
        facade.Replace(ToLegacy);
        await facade.UntilAsync(status => status.GetProperty("revision").GetInt64() == 3, TimeSpan.FromSeconds(1));
        facade.Replace(ToService);
        await facade.UntilAsync(status => status.GetProperty("revision").GetInt64() == 4, TimeSpan.FromSeconds(1));

        var history = await facade.Admin.GetFromJsonAsync<JsonElement>("/history?route=orders");
        Assert.Equal(
            ["file edited by hand ->legacy", "ana numbers agree legacy->service", "file edited by hand service->legacy", "file edited by hand legacy->service"],
            history.EnumerateArray().Select(e => $"{e.GetProperty("who")} {e.GetProperty("why")} {e.GetProperty("before")}->{e.GetProperty("after")}"));
    }

    private static OwnershipTable Table(byte[] file) => Tables.Good(RoutesFile.Parse(file));
}
