namespace Strangler.Messaging.Tests;

public sealed class PostgresParkedKeyTests() : ParkedKeyContract(TestStore.PostgresAsync);

public sealed class SqliteParkedKeyTests() : ParkedKeyContract(TestStore.SqliteAsync);
