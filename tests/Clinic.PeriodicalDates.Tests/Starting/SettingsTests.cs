using System.Net;
using System.Net.Sockets;
using Clinic.PeriodicalDates.Tests.Running;
using Microsoft.Extensions.Options;
using Strangler.Identity;
using Strangler.Tests.Servers;

namespace Clinic.PeriodicalDates.Tests.Starting;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("", "ConnectionStrings:Store is not set. ")]
    [InlineData("Server=x;Password=geheim", "ConnectionStrings:Store cannot be read. ")]
    [InlineData("Host=x;Password=geheim;Nonsense=1", "ConnectionStrings:Store cannot be read. ")]
    [InlineData("Data Source=/no/such/folder/store.db", "ConnectionStrings:Store names '/no/such/folder/store.db', whose folder does not exist. ")]
    public async Task Broken_store_is_named_with_its_cure_and_without_its_password(string store, string fault)
    {
        await using var keys = new TemporaryFolder();
        string[] settings =
        [
            "--ConnectionStrings:Store", store,
            "--Identity:PublicKey", IdentityKeys.CreateFiles(keys.Path).PublicKey,
            "--Messaging:RabbitMq:Uri", "amqp://localhost",
        ];

        var broken = Assert.Throws<OptionsValidationException>(() => PeriodicalDatesHost.Create(settings));

        Assert.Equal(
            $"{fault}Give 'Data Source=FILE' for SQLite, in a folder that exists, or 'Host=…;Database=…' for PostgreSQL.",
            Assert.Single(broken.Failures));
    }

    [Fact]
    public async Task Program_without_settings_names_every_one_in_one_line_each_and_ends_with_1()
    {
        var run = await ProgramRun.OfAsync("Clinic.PeriodicalDates.dll", "--urls", "nonsense");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Equal(
            ["--urls", "ConnectionStrings:Store", "Identity:PublicKey", "Messaging:RabbitMq:Uri"],
            run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0].TrimEnd(':')).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Setting_of_the_wrong_type_is_one_line_and_ends_with_1()
    {
        var run = await ProgramRun.OfAsync("Clinic.PeriodicalDates.dll", "--Messaging:Partitions", "many");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Equal("Failed to convert configuration value 'many' at 'Messaging:Partitions' to type 'System.Int32'. Give a value of that type.\n", run.Error);
    }

    [Fact]
    public async Task Port_in_use_is_one_line_and_ends_with_1()
    {
        await using var folder = new TemporaryFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://{taken.LocalEndpoint}";

        var run = await ProgramRun.OfAsync(
            "Clinic.PeriodicalDates.dll",
            "--urls", url,
            "--ConnectionStrings:Store", $"Data Source={Path.Combine(folder.Path, "store.db")}",
            "--Identity:PublicKey", IdentityKeys.CreateFiles(folder.Path).PublicKey,
            "--Messaging:RabbitMq:Uri", "amqp://127.0.0.1:1");

        Assert.Equal(1, run.Code);
        Assert.Equal($"--urls '{url}' cannot be listened on: Failed to bind to address {url}: address already in use. Stop what listens there, or give another address.\n", run.Error);
        Assert.DoesNotContain("   at ", run.Output, StringComparison.Ordinal);
    }
}
