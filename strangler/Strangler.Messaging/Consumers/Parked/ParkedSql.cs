namespace Strangler.Messaging;

/// <summary>The statements of an operator's questions and decisions.</summary>
internal static class ParkedSql
{
    public static string Why(StoreDialect dialect) => $"""
        select k.reason, (select count(*) from messaging_parked_messages m where m.consumer = k.consumer and m.key = k.key) as messages
        from messaging_parked_keys k
        where k.consumer = @consumer and k.key = @key
        {dialect.LockKey}
        """;

    public const string List = """
        select k.key, k.attempts, k.due_at, k.reason, k.since,
          (select count(*) from messaging_parked_messages m where m.consumer = k.consumer and m.key = k.key) as messages,
          (select m.headers from messaging_parked_messages m where m.consumer = k.consumer and m.key = k.key order by m.position limit 1) as headers
        from messaging_parked_keys k
        where k.consumer = @consumer and (@key is null or k.key = @key)
        order by k.since, k.key
        limit @limit
        """;

    public const string ParkedNames = """
        select key
        from messaging_parked_keys
        where consumer = @consumer and due_at is null
        order by since, key
        """;

    public const string Messages = """
        select key, position, headers, body
        from messaging_parked_messages
        where consumer = @consumer and key = @key
        order by position
        limit @limit
        """;

    public const string Applied = """
        select key, version, families
        from messaging_applied
        where consumer = @consumer and key = @key
        """;

    public const string Release = """
        update messaging_parked_keys
        set attempts = 0, due_at = @now
        where consumer = @consumer and key = @key
        """;

    public const string AddDecision = """
        insert into messaging_decisions (consumer, id, decided_at, decision, who, why, key, reason, headers, body)
        values (@consumer, @id, @now, @decision, @who, @why, @key, @reason, @headers, @body)
        """;
}
