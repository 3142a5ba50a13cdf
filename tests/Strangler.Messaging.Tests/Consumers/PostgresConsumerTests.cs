namespace Strangler.Messaging.Tests;

public class PostgresConsumerTests() : ConsumerContract(TestStore.PostgresAsync);

public sealed class PostgresBatchConsumerTests : PostgresConsumerTests
{
    protected override bool Together => true;
}
