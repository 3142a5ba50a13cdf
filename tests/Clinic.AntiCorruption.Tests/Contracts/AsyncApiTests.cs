using System.Reflection;
using Clinic.Contracts.Patients;
using Microsoft.Extensions.DependencyInjection;
using Strangler.AntiCorruption;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Clinic.AntiCorruption.Tests.Contracts;

/// <summary>
/// services/Clinic.Contracts/asyncapi.json is what was agreed on. When the contracts of the code differ, the build fails and names each difference;
/// one that breaks nobody is agreed on by writing the document anew (<c>AGREE=1 dotnet test tests/Clinic.AntiCorruption.Tests</c>).
/// </summary>
public sealed class AsyncApiTests
{
    private static readonly string File = Repository.PathOf("services", "Clinic.Contracts", "asyncapi.json");

    internal static MessageContract[] Contracts => [.. typeof(PatientRegistered).Assembly.GetTypes()
        .Select(type => (Body: type, Name: type.GetField("Type", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string))
        .Where(contract => contract.Name is not null).Select(contract => MessageContract.Of(contract.Name!, contract.Body))];

    [Fact]
    [Behaviour(68)]
    public void The_contracts_are_what_was_agreed_on()
    {
        var now = AsyncApiDocument.Write("Clinic", "clinic", Contracts);
        var changes = System.IO.File.Exists(File) ? ContractChange.Between(System.IO.File.ReadAllText(File), Contracts) : [];
        Assert.DoesNotContain(changes, change => change.IsBreaking);
        if (Environment.GetEnvironmentVariable("AGREE") == "1") System.IO.File.WriteAllText(File, now);

        Assert.Equal("", string.Join('\n', ContractChange.Between(System.IO.File.ReadAllText(File), Contracts)));
        Assert.Equal(System.IO.File.ReadAllText(File), now);
    }

    [Fact]
    public void Every_type_that_a_translator_publishes_has_a_contract()
    {
        var published = typeof(AntiCorruptionHost).Assembly.GetTypes().Where(type => typeof(ITranslator).IsAssignableFrom(type) && !type.IsAbstract)
            .SelectMany(type => ((ITranslator)ActivatorUtilities.CreateInstance(new ServiceCollection().BuildServiceProvider(), type)).Types);

        Assert.Equal(published.Order(StringComparer.Ordinal), Contracts.Select(contract => contract.Type).Order(StringComparer.Ordinal));
    }
}
