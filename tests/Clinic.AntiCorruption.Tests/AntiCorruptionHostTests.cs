using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Clinic.AntiCorruption.Tests;

public sealed class AntiCorruptionHostTests
{
    [Fact]
    public void Every_broken_setting_is_told_at_once()
    {
        var refused = Assert.Throws<OptionsValidationException>(() => AntiCorruptionHost.Create(["--AntiCorruption:BatchMessages", "0"]));

        Assert.Equal(
            [
                "AntiCorruption:BatchMessages is 0; use 1 to 10000.",
                "ConnectionStrings:Source is missing; use Host=…;Database=… for PostgreSQL or Data Source=FILE for SQLite.",
                "ConnectionStrings:Store is missing; use Host=…;Database=… for PostgreSQL or Data Source=FILE for SQLite.",
                "Messaging:RabbitMq:Uri is not set; set it to the broker, for example amqp://guest:guest@localhost:5672/.",
            ],
            refused.Failures.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Medium_that_is_handed_in_needs_no_broker()
    {
        var refused = Assert.Throws<OptionsValidationException>(() => AntiCorruptionHost.Create([], new InProcessMedium()));

        Assert.DoesNotContain(refused.Failures, failure => failure.Contains("RabbitMq", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Program_without_settings_names_every_one_in_one_line_each_and_ends_with_1()
    {
        var run = await ProgramRun.OfAsync("Clinic.AntiCorruption.dll", "--urls", "nonsense");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Equal(
            ["--urls", "ConnectionStrings:Source", "ConnectionStrings:Store", "Messaging:RabbitMq:Uri"],
            run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Setting_of_the_wrong_type_is_one_line_and_ends_with_1()
    {
        var run = await ProgramRun.OfAsync("Clinic.AntiCorruption.dll", "--AntiCorruption:BatchMessages", "many");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Equal("Failed to convert configuration value 'many' at 'AntiCorruption:BatchMessages' to type 'System.Int32'. Give a value of that type.\n", run.Error);
    }

    [Fact]
    public async Task Port_in_use_is_one_line_and_ends_with_1()
    {
        var folder = Directory.CreateTempSubdirectory("acl-start-");
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://{taken.LocalEndpoint}";

        var run = await ProgramRun.OfAsync(
            "Clinic.AntiCorruption.dll",
            "--urls", url,
            "--ConnectionStrings:Source", $"Data Source={Path.Combine(folder.FullName, "legacy.db")}",
            "--ConnectionStrings:Store", $"Data Source={Path.Combine(folder.FullName, "store.db")}",
            "--Messaging:RabbitMq:Uri", "amqp://127.0.0.1:1");
        folder.Delete(recursive: true);

        Assert.Equal(1, run.Code);
        Assert.Equal($"--urls '{url}' cannot be listened on: Failed to bind to address {url}: address already in use. Stop what listens there, or give another address.\n", run.Error);
        Assert.DoesNotContain("   at ", run.Output, StringComparison.Ordinal);
    }
}
