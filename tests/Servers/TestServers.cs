using Xunit;

namespace Strangler.Tests.Servers;

/// <summary>
/// The servers that ./test started, shared by all test projects. A test that needs one that is not there is skipped by name, or fails
/// when CI=true: nothing is skipped there.
/// </summary>
public static class TestServers
{
    public const string PostgresVariable = "STRANGLER_TEST_POSTGRES";
    public const string RabbitMqVariable = "STRANGLER_TEST_RABBITMQ";

    /// <summary>Administrator's connection string of the shared PostgreSQL.</summary>
    public static string RequirePostgres() => Require(PostgresVariable, "PostgreSQL");

    /// <summary>URI of the shared RabbitMQ.</summary>
    public static string RequireRabbitMq() => Require(RabbitMqVariable, "RabbitMQ");

    /// <summary>Skips the test, or fails it in CI, when a program that it starts itself is not installed.</summary>
    public static void RequireInstalled(string program, bool installed)
    {
        if (!installed) Missing(program, $"{program} is not installed; ./test installs it");
    }

    private static string Require(string variable, string server)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(value)) Missing(server, $"no {server}: {variable} is not set; ./test starts one and sets it");
        return value!;
    }

    private static void Missing(string server, string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail($"{reason}. CI must not skip a test for want of {server}.");
        Assert.Skip(reason);
    }
}
