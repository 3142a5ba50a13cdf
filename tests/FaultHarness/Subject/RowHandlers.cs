using Dapper;
using Strangler.Messaging;

namespace Strangler.Faults.Subject;

/// <summary>How a consumer handles messages.</summary>
/// <param name="Source">Only messages of this source count; a queue may hold copies of an earlier run's.</param>
/// <param name="Failures">Share of the attempts at which a handler throws, 0 to 1.</param>
internal sealed record HandlerSettings(string Source, double Failures)
{
    /// <summary>False for a message of another run.</summary>
    /// <exception cref="InvalidOperationException">Now and then, as asked for.</exception>
    public bool Takes(Envelope message)
    {
        if (message.Source != Source) return false;
        if (Random.Shared.NextDouble() < Failures) throw new InvalidOperationException("The handler fails, as it was asked to.");
        return true;
    }
}

/// <summary>Keeps the row and writes down, in the same transaction, what the row then is.</summary>
internal sealed class RowWrittenHandler(HandlerSettings settings) : IMessageHandler<RowWritten>
{
    public Task HandleAsync(RowWritten message, MessageContext context, CancellationToken cancellation) =>
        settings.Takes(context.Envelope)
            ? context.Connection.ExecuteAsync(new CommandDefinition(
                Keep,
                new { message.Key, message.N, message.Note, message.Big, message.BigUnchanged, Version = context.Envelope.Version.ToString() },
                context.Transaction,
                cancellationToken: cancellation))
            : Task.CompletedTask;

    private const string Keep =
        $"""
        with kept as (
          insert into kept_rows (key, n, note, big, big_known) values (@Key, @N, @Note, @Big, not @BigUnchanged)
          on conflict (key) do update
          set n = excluded.n, note = excluded.note, big = case when @BigUnchanged then kept_rows.big else excluded.big end,
            big_known = kept_rows.big_known or excluded.big_known
          returning key, n, note, big, big_known)
        insert into journal (key, version, n, hash) select key, @Version, n, {RowHash.Sql} from kept
        """;
}

/// <summary>Removes the row and writes that down.</summary>
internal sealed class RowDeletedHandler(HandlerSettings settings) : IMessageHandler<RowDeleted>
{
    public Task HandleAsync(RowDeleted message, MessageContext context, CancellationToken cancellation) =>
        settings.Takes(context.Envelope)
            ? context.Connection.ExecuteAsync(new CommandDefinition(
                Remove, new { message.Key, Version = context.Envelope.Version.ToString() }, context.Transaction, cancellationToken: cancellation))
            : Task.CompletedTask;

    private const string Remove =
        """
        with gone as (delete from kept_rows where key = @Key)
        insert into journal (key, version, n, hash) values (@Key, @Version, null, null)
        """;
}
