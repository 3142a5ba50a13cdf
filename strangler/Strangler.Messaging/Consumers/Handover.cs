using Dapper;

namespace Strangler.Messaging;

/// <summary>What a consumer's store remembers of a medium that another takes over from: which of its partitions are handled to their end. All processes share it.</summary>
internal sealed class Handover(ConsumerStore store)
{
    /// <summary>The partition is handled to its end.</summary>
    public async Task CloseAsync(string medium, int partition, CancellationToken cancellation)
    {
        await using var transaction = await store.BeginAsync(partition, cancellation);
        await transaction.Connection.ExecuteAsync(new CommandDefinition(
            Close, new { consumer = store.Consumer, medium, partition, now = store.Now }, transaction.Transaction, cancellationToken: cancellation));
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Whether every partition is.</summary>
    public async Task<bool> IsClosedAsync(string medium, int partitions, CancellationToken cancellation)
    {
        await using var connection = await store.OpenAsync(cancellation);
        return partitions == await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            Count, new { consumer = store.Consumer, medium }, cancellationToken: cancellation));
    }

    private const string Close = """
        insert into messaging_closed (consumer, medium, partition, closed_at)
        values (@consumer, @medium, @partition, @now)
        on conflict do nothing
        """;

    private const string Count = """
        select count(*)
        from messaging_closed
        where consumer = @consumer and medium = @medium
        """;
}
