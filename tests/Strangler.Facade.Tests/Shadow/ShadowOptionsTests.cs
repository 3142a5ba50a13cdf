using Microsoft.Extensions.Options;

namespace Strangler.Facade.Tests;

public sealed class ShadowOptionsTests
{
    [Fact]
    public void Everything_that_is_wrong_is_said_at_once()
    {
        var folder = Directory.CreateTempSubdirectory("shadow-").FullName;
        File.WriteAllBytes(Path.Combine(folder, "routes.json"), Tables.File(""));

        var refused = Assert.Throws<OptionsValidationException>(() => RunningFacade.Create(
            folder, "--Facade:Shadow:Timeout", "00:02:00", "--Facade:Shadow:Concurrency", "0", "--Facade:Shadow:RatePerSecond", "0", "--Facade:Shadow:Bufer", "1"));

        Assert.Equal(
            [
                "Facade:Shadow:Bufer is no setting. Did you mean \"Buffer\"?",
                "Facade:Shadow:Timeout '00:02:00' is out of range. Write 00:00:00.0500000 to 00:01:00.",
                "Facade:Shadow:Concurrency '0' is out of range. Write 1 to 256.",
                "Facade:Shadow:RatePerSecond '0' is out of range. Write 0.01 to 100000.",
            ],
            refused.Failures);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_defaults_are_right_by_themselves() => Assert.Empty(new ShadowOptions().Problems([]));
}
