using Dapper;
using Npgsql;
using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

public sealed class PostgresSettingsTests
{
    [Fact]
    public async Task A_store_whose_link_broke_while_a_connection_was_opened_serves_and_cancels_like_any_other()
    {
        await using var database = await TestDatabase.CreateAsync("settings");
        using var link = new TcpRelay(database.ConnectionString);
        await using var store = StoreDataSource.Create(link.To(database.ConnectionString));
        link.Freeze();
        var opening = store.OpenConnectionAsync().AsTask();
        await Wait.UntilAsync(() => link.HoldsBack, "the store connects");
        link.Reset();
        link.Thaw();

        await Assert.ThrowsAsync<NpgsqlException>(() => opening);
        for (var use = 1; use <= 3; use++)
        {
            await using var connection = await store.OpenConnectionAsync();
            Assert.Equal(use, await connection.ExecuteScalarAsync<int>(new CommandDefinition("select @use", new { use })));
            using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.ExecuteAsync(new CommandDefinition("select pg_sleep(60)", cancellationToken: stop.Token)));
        }
    }

    [Theory]
    [InlineData("Host=h", GssEncryptionMode.Disable)]
    [InlineData("Host=h;GSS Encryption Mode=Prefer", GssEncryptionMode.Disable)]
    [InlineData("Host=h;GSS Encryption Mode=Require", GssEncryptionMode.Require)]
    public void Kerberos_encryption_is_used_by_who_requires_it_and_otherwise_not_tried(string connectionString, GssEncryptionMode mode) =>
        Assert.Equal(mode, PostgresSettings.Read(connectionString).GssEncryptionMode);
}
