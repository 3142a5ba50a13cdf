using Clinic.Absenteeism.Tests.Running;
using Microsoft.Extensions.Options;
using Strangler.Identity;

namespace Clinic.Absenteeism.Tests.Starting;

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

        var broken = Assert.Throws<OptionsValidationException>(() => AbsenteeismHost.Create(settings));

        Assert.Equal(
            $"{fault}Give 'Data Source=FILE' for SQLite, in a folder that exists, or 'Host=…;Database=…' for PostgreSQL.",
            Assert.Single(broken.Failures));
    }

    [Fact]
    public async Task Program_without_settings_names_every_one_in_one_line_each_and_ends_with_1()
    {
        using var program = ServiceProcess.Start();

        Assert.Equal(1, await program.ExitCodeAsync());
        Assert.Equal("", program.Output);
        var lines = program.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["ConnectionStrings:Store", "Identity:PublicKey", "Messaging:RabbitMq:Uri"],
            lines.Select(line => line.Split(' ')[0].TrimEnd(':')).Order(StringComparer.Ordinal));
    }
}
