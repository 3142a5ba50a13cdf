using System.Globalization;
using System.Text.Json;
using Dapper;

namespace Strangler.Messaging;

/// <summary>
/// What of a batch waits for the rest of its transactions. A message that waits is one of a waiting key, so that what follows of the key waits behind it; beside it is written down which
/// transaction it is of. What is known already counts as arrived too: of a transaction that is read again, a part may have been overtaken.
/// </summary>
internal sealed class HeldMessages(WholeTransactions whole, ConsumerStore store, ConsumerTransaction transaction, int partition, IReadOnlySet<string> released)
{
    private readonly List<Row> rows = [];
    private readonly Dictionary<string, int> expected = new(StringComparer.Ordinal);
    private (int End, bool IsWhole) run;

    /// <summary>False for a message that is not one of several of its transaction, or that has all the others beside it: then one transaction of the store has them anyway.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="index">The message; those before it have been asked for.</param>
    /// <param name="mayTakeWhole">Whether the batch is done as a whole or not at all.</param>
    public bool MustHold(IReadOnlyList<Envelope> batch, int index, bool mayTakeWhole)
    {
        if (!IsOfSeveral(batch[index])) return false;
        if (!mayTakeWhole) return true;
        if (index >= run.End) run = RunFrom(batch, index);
        return !run.IsWhole;
    }

    /// <returns><see cref="Verdict.Held"/>, or what is known of the message.</returns>
    public Verdict Hold(Envelope message)
    {
        var id = WholeTransactions.IdOf(message);
        if (message.Transaction!.CountOf(whole.Types) is { } count) expected[id] = count;
        var verdict = transaction.Judge(message);
        if (verdict == Verdict.Apply) transaction.Waiting.Add(whole.FirstOf(message.Key));
        var waits = verdict is Verdict.Apply or Verdict.Wait;
        rows.Add(new(id, message.Version.ToString(), message.Key, message.Type, waits ? transaction.Waiting.Append(message).ToString(CultureInfo.InvariantCulture) : "0"));
        return waits ? Verdict.Held : verdict;
    }

    /// <summary>Writes down which message is of which transaction, and has those tried that are whole now. After the waiting messages themselves.</summary>
    public async Task SaveAsync(CancellationToken cancellation)
    {
        if (rows.Count == 0) return;
        var added = (await transaction.Connection.QueryAsync<string>(Command(whole.Sql.AddMessages, new { consumer = store.Consumer, partition, rows = Json(rows) }, cancellation))).CountBy(static id => id).ToDictionary();
        var arrived = rows.Select(static row => row.TransactionId).Distinct().Select(id => new
        {
            transaction_id = id,
            arrived = $"{added.GetValueOrDefault(id)}",
            expected = expected.TryGetValue(id, out var count) ? $"{count}" : null,
        });
        var found = await transaction.Connection.QueryAsync<(string Id, long IsWhole)>(Command(whole.Sql.Arrive, new { consumer = store.Consumer, now = store.Now, rows = Json(arrived) }, cancellation));
        var ids = found.Where(static one => one.IsWhole == 1).Select(static one => one.Id).ToHashSet(StringComparer.Ordinal);
        if (ids.Count == 0) return;

        var those = rows.Where(row => ids.Contains(row.TransactionId)).ToList();
        var parameters = new
        {
            consumer = store.Consumer,
            now = store.Now,
            ids = store.Dialect.KeyList([.. ids]),
            keys = store.Dialect.KeyList([.. those.Select(static row => row.Key).Distinct(StringComparer.Ordinal)]),
        };
        await transaction.Connection.ExecuteAsync(Command(whole.Sql.Wake, parameters, cancellation));
        if (those.Any(static row => row.Position == "0")) await transaction.Connection.ExecuteAsync(Command(whole.Sql.ForgetKnown, parameters, cancellation));
    }

    private bool IsOfSeveral(Envelope message) =>
        message.Transaction is not null && whole.Types.Contains(message.Type) && (released.Count == 0 || !released.Contains(WholeTransactions.IdOf(message)));

    /// <summary>The messages of one transaction that follow each other, and whether they are all of it and none has to wait.</summary>
    private (int End, bool IsWhole) RunFrom(IReadOnlyList<Envelope> batch, int from)
    {
        var (end, count) = (from, (int?)null);
        while (end < batch.Count && IsOfSeveral(batch[end]) && batch[end].Transaction!.Id == batch[from].Transaction!.Id && batch[end].Source == batch[from].Source)
        {
            count = batch[end++].Transaction!.CountOf(whole.Types) ?? count;
        }

        if (count is null || end - from < count) return (end, false);
        var messages = new HashSet<(MessageVersion, string, string)>();
        for (var index = from; index < end; index++)
        {
            if (transaction.Waiting.Contains(batch[index].Key)) return (end, false);
            messages.Add((batch[index].Version, batch[index].Key, batch[index].Type));
        }

        return (end, messages.Count >= count);
    }

    private static string Json<TRow>(IEnumerable<TRow> rows) => JsonSerializer.Serialize(rows, MessageJson.Options);

    private CommandDefinition Command(string sql, object parameters, CancellationToken cancellation) => new(sql, parameters, transaction.Transaction, cancellationToken: cancellation);

    private sealed record Row(string TransactionId, string Version, string Key, string Type, string Position);
}
