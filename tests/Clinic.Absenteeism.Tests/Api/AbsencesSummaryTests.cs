using System.Net;
using System.Text.Json;
using Clinic.Absenteeism.Tests.Running;

namespace Clinic.Absenteeism.Tests.Api;

public sealed class AbsencesSummaryTests(OnSqlite running) : IClassFixture<OnSqlite>
{
    private readonly HttpClient browser = running.Service.Browser;

    [Fact]
    public async Task Summary_counts_by_chapter_and_by_month()
    {
        await running.Service.PublishAsync(
            Said.Recorded(1, "2015-01-30", 4),
            Said.Recorded(2, "2015-02-01", 10, but: absence => absence with { PatientId = 2, Chapter = null, WorkAccident = true }));

        Assert.Equal(
            """{"absences":2,"days":14,"patients":2,"chapters":[{"chapter":"XIII","absences":1,"days":4},{"chapter":null,"absences":1,"days":10}],"months":[{"month":"2015-01","absences":1,"days":2},{"month":"2015-02","absences":1,"days":12}]}""",
            await JsonAsync("/api/absences/summary"));
        Assert.Equal(
            """{"absences":1,"days":1,"patients":1,"chapters":[{"chapter":null,"absences":1,"days":1}],"months":[{"month":"2015-02","absences":1,"days":1}]}""",
            await JsonAsync("/api/absences/summary?from=2015-02-10&to=2015-02-28&company_id=7&work_accidents=true"));
    }

    [Fact]
    public async Task Every_error_of_a_query_is_told_at_once()
    {
        using var response = await browser.GetAsync("/api/absences/summary?from=2015-02-30&to=01/02/2015&company_id=0&work_accidents=S");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(
            """{"from":["Give one day as yyyy-MM-dd."],"to":["Give one day as yyyy-MM-dd."],"company_id":["Give one whole number from 1 to 2147483647 in digits."],"work_accidents":["Give true or false."]}""",
            problem.RootElement.GetProperty("errors").GetRawText());
    }

    [Theory]
    [InlineData("from=2015-02-02&to=2015-02-01")]
    [InlineData("from=2015-2-2")]
    [InlineData("company_id=-1")]
    [InlineData("company_id=7&company_id=8")]
    [InlineData("work_accidents=")]
    public async Task Malformed_query_never_reaches_the_store(string query)
    {
        // A store that is not there: whoever asks it gets a 500.
        await using var service = await RunningService.StartAsync("Host=127.0.0.1;Port=1;Username=nobody;Database=nothing");

        using var malformed = await service.Browser.GetAsync("/api/absences/summary?" + query);
        using var wellFormed = await service.Browser.GetAsync("/api/absences/summary?from=2015-02-01");

        Assert.Equal(HttpStatusCode.BadRequest, malformed.StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, wellFormed.StatusCode);
        Assert.Equal("application/problem+json", wellFormed.Content.Headers.ContentType?.MediaType);
    }

    private async Task<string> JsonAsync(string url)
    {
        using var response = await browser.GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
