namespace Strangler.Messaging;

/// <summary>The statements of a consumer, built once for its store.</summary>
internal sealed class ConsumerSql(StoreDialect dialect, TimeSpan hangsAfter)
{
    /// <summary>
    /// One round trip at the beginning of a batch: the partition's lock, what was applied of its keys, and which of them wait. These are locked too: while one medium takes
    /// over from another, a key has a partition in each.
    /// </summary>
    public string Begin { get; } = $"""
        {dialect.EndHanging(hangsAfter)}
        {dialect.LockFor}

        select a.key, a.version, a.families
        from {dialect.ByKeys("messaging_applied", "a")};

        select k.key, coalesce(m.position, 0) as position, m.headers
        from {dialect.ByKeys("messaging_parked_keys", "k")}
        left join messaging_parked_messages m on m.consumer = k.consumer and m.key = k.key
          and m.position = (select max(position) from messaging_parked_messages where consumer = k.consumer and key = k.key)
        {dialect.LockKey};
        """;

    /// <summary>The same for a key that is tried again.</summary>
    public string BeginRetry { get; } = $"""
        {dialect.EndHanging(hangsAfter)}
        {dialect.LockFor}

        select k.key, k.attempts, k.due_at, k.reason, k.since
        from messaging_parked_keys k
        where k.consumer = @consumer and k.key = @key and k.due_at <= @now
        {dialect.LockKey};

        select key, version, families
        from messaging_applied
        where consumer = @consumer and key = @key;

        select key, position, headers, body
        from messaging_parked_messages
        where consumer = @consumer and key = @key
        order by position
        limit @limit;
        """;

    public string RecordApplied { get; } = $"""
        insert into messaging_applied (consumer, key, version, families)
        select @consumer, r.key, r.version, r.families
        from {dialect.Rows}
        where true
        on conflict (consumer, key) do update
        set version = excluded.version, families = excluded.families
        where messaging_applied.version <= excluded.version
        """;

    public const string AddKey = """
        insert into messaging_parked_keys (consumer, key, attempts, due_at, reason, since)
        values (@consumer, @Key, @Attempts, @DueAt, @Reason, @Since)
        """;

    public const string AddMessage = """
        insert into messaging_parked_messages (consumer, key, position, headers, body)
        values (@consumer, @Key, @Position, @Headers, @Body)
        """;

    public const string UpdateKey = """
        update messaging_parked_keys
        set attempts = @Attempts, due_at = @DueAt, reason = @Reason
        where consumer = @consumer and key = @Key
        """;

    public const string RemoveMessages = """
        delete from messaging_parked_messages
        where consumer = @consumer and key = @key and position <= @position
        """;

    public const string RemoveKeyWithoutMessages = """
        delete from messaging_parked_keys
        where consumer = @consumer and key = @key
          and not exists (select 1 from messaging_parked_messages where consumer = @consumer and key = @key)
        """;

    public const string DueKeys = """
        select key
        from messaging_parked_keys
        where consumer = @consumer and due_at <= @now
        order by due_at
        limit 100;

        select min(due_at)
        from messaging_parked_keys
        where consumer = @consumer;

        select
          coalesce(sum(case when k.due_at is null then 0 else 1 end), 0) as waiting,
          coalesce(sum(case when k.due_at is null then 1 else 0 end), 0) as parked,
          count(distinct case when k.due_at is null then k.key end) as parked_keys
        from messaging_parked_messages m
        join messaging_parked_keys k on k.consumer = m.consumer and k.key = m.key
        where m.consumer = @consumer;
        """;
}
