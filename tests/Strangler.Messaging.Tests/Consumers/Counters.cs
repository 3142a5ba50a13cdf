using System.Data.Common;
using Dapper;
using Npgsql;

namespace Strangler.Messaging.Tests;

/// <summary>The service of these tests: a table of counters, and a journal of every effect in the order in which it was made.</summary>
public sealed class Counters(DbDataSource store)
{
    public DbDataSource Store { get; } = store;

    public async Task CreateAsync()
    {
        await using var connection = await Store.OpenConnectionAsync();
        var number = Store is NpgsqlDataSource ? "bigserial" : "integer";
        await connection.ExecuteAsync($"""
            create table counters (key text primary key, value bigint not null);
            create table journal (
              number {number} primary key, key text not null, version text not null, value bigint not null check (value >= 0));
            """);
    }

    public async Task<IReadOnlyDictionary<string, long>> ValuesAsync() =>
        (await QueryAsync<(string Key, long Value)>("select key, value from counters")).ToDictionary(row => row.Key, row => row.Value);

    /// <summary>Versions applied to a key, in the order of their effects.</summary>
    public async Task<IReadOnlyList<string>> JournalAsync(string key) =>
        await QueryAsync<string>($"select version from journal where key = '{key}' order by number");

    public async Task<IReadOnlyList<TRow>> QueryAsync<TRow>(string sql)
    {
        await using var connection = await Store.OpenConnectionAsync();
        return (await connection.QueryAsync<TRow>(sql)).AsList();
    }

    public async Task<TValue> ScalarAsync<TValue>(string sql)
    {
        await using var connection = await Store.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<TValue>(sql))!;
    }
}

public sealed record Counted
{
    public required long Value { get; init; }
}

/// <summary>The same for many messages at once.</summary>
public sealed class CountedTogetherHandler(CountedHandler.Script script) : IBatchHandler<Counted>
{
    public async Task HandleAsync(IReadOnlyList<ReceivedMessage<Counted>> messages, BatchContext context, CancellationToken cancellation)
    {
        var one = new CountedHandler(script);
        foreach (var message in messages) await one.HandleAsync(message.Body, new(message.Envelope, context.Connection, context.Transaction), cancellation);
    }
}

/// <summary>Sets the counter of the message's key. What a test puts into <see cref="Script.Before"/> happens first.</summary>
public sealed class CountedHandler(CountedHandler.Script script) : IMessageHandler<Counted>
{
    public async Task HandleAsync(Counted message, MessageContext context, CancellationToken cancellation)
    {
        if (script.Before is { } before) await before(context.Envelope, cancellation);
        await context.Connection.ExecuteAsync(new CommandDefinition(
            """
            insert into counters (key, value) values (@key, @value) on conflict (key) do update set value = excluded.value;
            insert into journal (key, version, value) values (@key, @version, @value);
            """,
            new { key = context.Envelope.Key, value = message.Value, version = context.Envelope.Version.ToString() },
            context.Transaction,
            cancellationToken: cancellation));
    }

    public sealed class Script
    {
        public Func<Envelope, CancellationToken, Task>? Before { get; set; }

        /// <summary>Every line logged by the host, at every level.</summary>
        public System.Collections.Concurrent.ConcurrentQueue<string> Log { get; } = [];
    }
}
