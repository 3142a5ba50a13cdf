namespace Strangler.Messaging.Tests;

public sealed class SqliteConsumerTests() : ConsumerContract(TestStore.SqliteAsync);
