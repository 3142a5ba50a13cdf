using System.Net;
using System.Text.Json;
using Clinic.PeriodicalDates.Tests.Running;

namespace Clinic.PeriodicalDates.Tests.Api;

public sealed class FindPeriodicalDatesTests(OnSqlite running) : IClassFixture<OnSqlite>
{
    private readonly HttpClient browser = running.Service.Browser;

    [Fact]
    public async Task Exams_come_page_by_page_in_the_order_of_names()
    {
        await running.Service.PublishAsync([.. Said.Listed(1, "Zoé", -5), .. Said.Listed(2, "Érica", 30), .. Said.Listed(3, "Ana", 31, null, null)]);

        Assert.Equal(
            """
            {"page":1,"page_size":2,"total":3,"items":[{"patient_id":3,"name":"ANA","company_id":null,"last_exam_date":"2015-07-25","expiration_days":31,"due_on":"2024-04-10","status":"up_to_date"},{"patient_id":2,"name":"ÉRICA","company_id":7,"last_exam_date":"2015-07-25","expiration_days":30,"due_on":"2024-04-09","status":"due_soon"}]}
            """,
            await JsonAsync("/api/periodical-dates?page_size=2"));
        Assert.Equal(
            """
            {"page":2,"page_size":2,"total":3,"items":[{"patient_id":1,"name":"ZOÉ","company_id":7,"last_exam_date":"2015-07-25","expiration_days":-5,"due_on":"2024-03-05","status":"overdue"}]}
            """,
            await JsonAsync("/api/periodical-dates?page_size=2&page=2"));
        Assert.Equal(
            """
            {"page":1,"page_size":50,"total":1,"items":[{"patient_id":2,"name":"ÉRICA","company_id":7,"last_exam_date":"2015-07-25","expiration_days":30,"due_on":"2024-04-09","status":"due_soon"}]}
            """,
            await JsonAsync("/api/periodical-dates?due_within=30"));
    }

    [Fact]
    public async Task Every_error_of_a_query_is_told_at_once()
    {
        using var response = await browser.GetAsync("/api/periodical-dates?due_within=-1&page=0&page_size=1&page_size=2");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(
            """{"due_within":["Give one whole number from 0 to 36500 in digits."],"page":["Give one whole number from 1 to 1000000 in digits."],"page_size":["Give one whole number from 1 to 200 in digits."]}""",
            problem.RootElement.GetProperty("errors").GetRawText());
    }

    [Theory]
    [InlineData("due_within=30.0")]
    [InlineData("due_within=true")]
    [InlineData("due_within=%2030")]
    [InlineData("due_within=99999999999999")]
    [InlineData("page=1%27%20or%201=1")]
    [InlineData("page_size=201")]
    [InlineData("page_size=")]
    public async Task Malformed_query_never_reaches_the_store(string query)
    {
        // A store that is not there: whoever asks it gets a 500.
        await using var service = await RunningService.StartAsync("Host=127.0.0.1;Port=1;Username=nobody;Database=nothing");

        using var malformed = await service.Browser.GetAsync("/api/periodical-dates?" + query);
        using var wellFormed = await service.Browser.GetAsync("/api/periodical-dates?page=1");

        Assert.Equal(HttpStatusCode.BadRequest, malformed.StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, wellFormed.StatusCode);
    }

    [Fact]
    public async Task Failure_is_a_problem_without_details()
    {
        await using var service = await RunningService.StartAsync("Host=127.0.0.1;Port=1;Username=nobody;Password=geheim;Database=nothing");

        using var response = await service.Browser.GetAsync("/api/periodical-dates");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var body = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("Npgsql", body, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", body, StringComparison.Ordinal);
    }

    private async Task<string> JsonAsync(string url)
    {
        using var response = await browser.GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
