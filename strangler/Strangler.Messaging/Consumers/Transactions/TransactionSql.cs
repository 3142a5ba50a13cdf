namespace Strangler.Messaging;

/// <summary>The statements about messages that wait for the rest of their transactions, built once for a consumer's store.</summary>
internal sealed class TransactionSql(StoreDialect dialect, TimeSpan hangsAfter)
{
    public string Released { get; } = $"""
        select transaction_id
        from messaging_transactions
        where consumer = @consumer and released = 1 and transaction_id {dialect.In("@ids")}
        """;

    public string AddMessages { get; } = $"""
        insert into messaging_transaction_messages (consumer, transaction_id, version, key, type, position, partition)
        select @consumer, r.transaction_id, r.version, r.key, r.type, cast(r.position as bigint), @partition
        from {dialect.JsonRows("@rows", ["transaction_id", "version", "key", "type", "position"])}
        where true
        on conflict do nothing
        returning transaction_id
        """;

    /// <summary>In the order of their names, so that two of them never wait for each other.</summary>
    public string Arrive { get; } = $"""
        insert into messaging_transactions (consumer, transaction_id, since, arrived, expected)
        select @consumer, r.transaction_id, @now, cast(r.arrived as integer), cast(r.expected as integer)
        from {dialect.JsonRows("@rows", ["transaction_id", "arrived", "expected"])}
        where true
        order by r.transaction_id
        on conflict (consumer, transaction_id) do update
        set arrived = messaging_transactions.arrived + excluded.arrived, expected = coalesce(excluded.expected, messaging_transactions.expected)
        returning transaction_id, case when arrived >= expected then 1 else 0 end as is_whole
        """;

    /// <summary>Of the keys of a batch, those whose first waiting message is of a transaction that is whole now: one that is not waits behind another, and is looked at when that is done.</summary>
    public string Wake { get; } = $"""
        update messaging_parked_keys
        set due_at = @now, attempts = 0
        where consumer = @consumer and key {dialect.In("@keys")} and exists (
          select 1
          from messaging_transaction_messages t
          where t.consumer = @consumer and t.transaction_id {dialect.In("@ids")} and t.key = messaging_parked_keys.key and t.position = {FirstPosition})
        """;

    /// <summary>A transaction of which nothing waits: everything of it is known already.</summary>
    public string ForgetKnown { get; } = $"""
        delete from messaging_transactions
        where consumer = @consumer and transaction_id {dialect.In("@ids")} and {NothingWaits};

        delete from messaging_transaction_messages
        where consumer = @consumer and transaction_id {dialect.In("@ids")}
          and not exists (select 1 from messaging_transactions t where t.consumer = @consumer and t.transaction_id = messaging_transaction_messages.transaction_id);
        """;

    /// <summary>Transactions of which nothing waits, and the rest does not come: copies of what was done.</summary>
    public const string Copies = $"""
        select transaction_id, arrived
        from messaging_transactions
        where consumer = @consumer and released = 0 and since <= @before and {NothingWaits}
        """;

    /// <summary>Not when more of it came meanwhile.</summary>
    public const string ForgetCopies = """
        delete from messaging_transactions
        where consumer = @consumer and transaction_id = @id and arrived = @arrived and released = 0
        """;

    public const string ForgetCopiedMessages = """
        delete from messaging_transaction_messages
        where consumer = @consumer and transaction_id = @id and position = 0
        """;

    /// <summary>What came of it is handled as if each message were alone, and what comes of it too.</summary>
    public const string Release = """
        update messaging_transactions
        set released = 1
        where consumer = @consumer and transaction_id = @id and arrived < coalesce(expected, arrived + 1)
        """;

    public const string IsHeld = """
        select count(*)
        from messaging_transactions
        where consumer = @consumer and transaction_id = @id and released = 0
        """;

    public const string Partitions = """
        select distinct partition
        from messaging_transaction_messages
        where consumer = @consumer and transaction_id = @id
        order by partition
        """;

    /// <summary>
    /// Locks the partitions, in the order in which they are named, then reads in which there are messages of the transaction, the transaction itself, and how many of its keys have something
    /// before it.
    /// </summary>
    public string Take { get; } = $"""
        {dialect.EndHanging(hangsAfter)}
        {(dialect.OneWriter ? "" : "select pg_advisory_xact_lock(l) from unnest(@locks) as l;")}

        {Partitions};

        select since, arrived, coalesce(expected, -1) as expected
        from messaging_transactions k
        where consumer = @consumer and transaction_id = @id and released = 0
        {dialect.LockKey};

        select count(*)
        from (
          select t.key, min(t.position) as position
          from messaging_transaction_messages t
          join messaging_parked_messages m on m.consumer = t.consumer and m.key = t.key and m.position = t.position
          where t.consumer = @consumer and t.transaction_id = @id
          group by t.key) f
        where f.position > (select min(position) from messaging_parked_messages m where m.consumer = @consumer and m.key = f.key);
        """;

    public const string Messages = """
        select t.version, m.key, m.position, m.headers, m.body
        from messaging_transaction_messages t
        join messaging_parked_messages m on m.consumer = t.consumer and m.key = t.key and m.position = t.position
        where t.consumer = @consumer and t.transaction_id = @id and t.version >= @version and (t.version, t.key, t.position) > (@version, @key, @position)
        order by t.version, t.key, t.position
        limit @limit
        """;

    public string Applied { get; } = $"""
        select a.key, a.version, a.families
        from {dialect.ByKeys("messaging_applied", "a")}
        """;

    /// <summary>All keys that wait with a message of the transaction before them.</summary>
    public const string UpdateKeys = $"""
        update messaging_parked_keys
        set attempts = @attempts, due_at = @dueAt, reason = @reason
        where consumer = @consumer and exists (
          select 1
          from messaging_transaction_messages t
          where t.consumer = @consumer and t.transaction_id = @id and t.key = messaging_parked_keys.key and t.position = {FirstPosition})
        """;

    /// <summary>What follows of its keys is looked at next.</summary>
    public const string Finish = """
        delete from messaging_parked_messages
        where consumer = @consumer and (key, position) in (
          select key, position from messaging_transaction_messages where consumer = @consumer and transaction_id = @id);

        delete from messaging_parked_keys
        where consumer = @consumer
          and key in (select key from messaging_transaction_messages where consumer = @consumer and transaction_id = @id and position > 0)
          and not exists (select 1 from messaging_parked_messages m where m.consumer = @consumer and m.key = messaging_parked_keys.key);

        update messaging_parked_keys
        set attempts = 0, due_at = @now
        where consumer = @consumer
          and key in (select key from messaging_transaction_messages where consumer = @consumer and transaction_id = @id and position > 0);

        delete from messaging_transaction_messages
        where consumer = @consumer and transaction_id = @id;

        delete from messaging_transactions
        where consumer = @consumer and transaction_id = @id;
        """;

    public const string Incomplete = $"""
        select transaction_id, arrived, coalesce(expected, -1) as expected, since
        from messaging_transactions
        where consumer = @consumer and released = 0 and since <= @before and arrived < coalesce(expected, arrived + 1) and not {NothingWaits}
        order by since, transaction_id
        limit @limit
        """;

    private const string FirstPosition = "(select min(m.position) from messaging_parked_messages m where m.consumer = @consumer and m.key = messaging_parked_keys.key)";

    private const string NothingWaits = """
        not exists (
          select 1 from messaging_transaction_messages w
          where w.consumer = @consumer and w.transaction_id = messaging_transactions.transaction_id and w.position > 0)
        """;
}
