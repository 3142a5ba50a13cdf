namespace Strangler.Messaging.Tests;

public class PostgresWholeTransactionTests() : WholeTransactionContract(TestStore.PostgresAsync);

public sealed class PostgresBatchWholeTransactionTests : PostgresWholeTransactionTests
{
    protected override bool Together => true;
}

public sealed class SqliteWholeTransactionTests() : WholeTransactionContract(TestStore.SqliteAsync);
