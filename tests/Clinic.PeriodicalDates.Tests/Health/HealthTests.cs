using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Clinic.PeriodicalDates.Tests.Running;
using Strangler.Tests.Servers;

namespace Clinic.PeriodicalDates.Tests.Health;

public sealed class HealthTests
{
    [Fact]
    public async Task Healthy_service_says_what_it_checked()
    {
        await using var store = await ServiceStore.SqliteAsync();
        await using var service = await RunningService.StartAsync(store.ConnectionString);
        await service.PublishAsync(Said.Listed(1, "Ana", 1));

        var (status, body) = await HealthAsync(service);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("success", body.GetProperty("status").GetString());
        Assert.Equal(
            ["""{"checker":"consumer periodical-dates","output":"2 applied, 0 waiting, 0 parked","passed":true}""", """{"checker":"store","output":"answers","passed":true}"""],
            body.GetProperty("results").EnumerateArray().Select(result => result.GetRawText()));
    }

    [Fact]
    public async Task Dead_store_fails_the_check_and_its_return_heals_it()
    {
        await using var postgres = await PrivatePostgres.StartNewAsync();
        await using var service = await RunningService.StartAsync(postgres.Address, "--Messaging:Consumer:MaxRetryDelay", "00:00:01");
        Assert.Equal(HttpStatusCode.OK, (await HealthAsync(service)).Status);

        await postgres.KillAsync();
        var (status, body) = await HealthAsync(service);
        var store = ResultOf(body, "store");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("failure", body.GetProperty("status").GetString());
        Assert.False(store.GetProperty("passed").GetBoolean());
        Assert.Equal(2, body.GetProperty("results").GetArrayLength());

        await postgres.StartAsync();
        await Wait.UntilAsync(async () => (await HealthAsync(service)).Status == HttpStatusCode.OK, "the store is back");
    }

    [Fact]
    public async Task Hanging_store_fails_the_check_in_bounded_time_and_tells_no_secret()
    {
        // Takes the connection and never says a word.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        await using var service = await RunningService.StartAsync($"Host=127.0.0.1;Port={port};Username=clinic;Password=geheim;Database=clinic;Timeout=9");

        var watch = Stopwatch.StartNew();
        var (status, body) = await HealthAsync(service);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.False(ResultOf(body, "store").GetProperty("passed").GetBoolean());
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(7));
        Assert.DoesNotContain("geheim", body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_password_is_told_without_the_password()
    {
        await using var database = await TestDatabase.CreateAsync("health");
        await using var service = await RunningService.StartAsync(database.ConnectionString + ";Username=nobody_known;Password=geheim");

        var (status, body) = await HealthAsync(service);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.DoesNotContain("geheim", body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_of_a_dead_store_is_the_error_page_of_the_site()
    {
        await using var service = await RunningService.StartAsync("Host=127.0.0.1;Port=1;Username=nobody;Password=geheim;Database=nothing");

        using var response = await service.Browser.GetAsync("/periodicos/");

        var page = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Contains("<h1>Erro no servidor (500)</h1>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Npgsql", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_are_told_by_consumer_and_nothing_of_those_that_wait_while_nobody_knows()
    {
        await using var store = await ServiceStore.SqliteAsync();
        await using var well = await RunningService.StartAsync(store.ConnectionString);
        await using var ill = await RunningService.StartAsync("Host=127.0.0.1;Port=1;Username=nobody;Password=geheim;Database=nothing");

        await Wait.UntilAsync(async () => (await ConsumerAsync(well)).GetProperty("parked").ValueKind == JsonValueKind.Number, "the consumer has looked");

        Assert.Equal(0, (await ConsumerAsync(well)).GetProperty("parked").GetInt64());
        Assert.Equal(JsonValueKind.Null, (await ConsumerAsync(ill)).GetProperty("parked").ValueKind);

        static async Task<JsonElement> ConsumerAsync(RunningService service)
        {
            using var body = JsonDocument.Parse(await service.Stranger.GetStringAsync("/consumers"));
            return body.RootElement.GetProperty("periodical-dates").Clone();
        }
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> HealthAsync(RunningService service)
    {
        using var response = await service.Stranger.GetAsync("/health");
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, body.RootElement.Clone());
    }

    private static JsonElement ResultOf(JsonElement body, string checker) =>
        body.GetProperty("results").EnumerateArray().Single(result => result.GetProperty("checker").GetString() == checker);
}
