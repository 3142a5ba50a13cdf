using Microsoft.Extensions.Options;
using Strangler.Messaging;

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
}
