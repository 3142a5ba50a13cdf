using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using Clinic.Absenteeism.Tests.Running;
using Strangler.Identity;
using Strangler.Tests.Servers;

namespace Clinic.Absenteeism.Tests.Starting;

public sealed class LogTests
{
    [Fact]
    public async Task Neither_who_was_searched_for_nor_who_asked_gets_into_the_log()
    {
        await using var folder = new TemporaryFolder();
        var keys = IdentityKeys.CreateFiles(folder.Path);
        using var issuer = new IdentityIssuer(IdentityKeys.ReadPrivate(keys.PrivateKey), TimeProvider.System);
        var address = FreeAddress();
        // No store and no broker: everything that can complain does.
        using var program = ServiceProcess.Start(
            "--urls", address,
            "--ConnectionStrings:Store", "Host=127.0.0.1;Port=1;Username=clinic;Password=geheim;Database=clinic",
            "--Messaging:RabbitMq:Uri", "amqp://guest:geheim@127.0.0.1:1/",
            "--Identity:PublicKey", keys.PublicKey,
            "--Logging:LogLevel:Default", "Debug");
        using var browser = new HttpClient { BaseAddress = new(address) };
        await Wait.UntilAsync(async () => await AnswersAsync(browser), "the service answers");

        var token = issuer.Issue(new(new ClaimsIdentity([new(ClaimTypes.Name, "felisberta")], "Forms")), AbsenteeismHost.Name);
        foreach (var url in (string[])["/clientes/absenteismo/graficos/consolidado/?empresa=Hermenegilda", "/clientes/absenteismo/Hermenegilda/", "/api/absences/summary?from=Hermenegilda", "/api/absences/summary"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.TryAddWithoutValidation(StranglerIdentity.HeaderName, token);
            using var response = await browser.SendAsync(request);
            Assert.NotEqual(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        await Wait.UntilAsync(() => program.Output.Contains("A page failed on GET", StringComparison.Ordinal), "the failed page is logged");
        var log = program.Output + program.Errors;
        Assert.DoesNotContain("Hermenegilda", log, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("felisberta", log, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("geheim", log, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(token, log, StringComparison.Ordinal);
    }

    private static async Task<bool> AnswersAsync(HttpClient browser)
    {
        try
        {
            using var response = await browser.GetAsync("/health");
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string FreeAddress()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}");
    }
}
