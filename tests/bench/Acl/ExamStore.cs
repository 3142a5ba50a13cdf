using System.Data.Common;
using System.Text.Json;
using Dapper;
using Strangler.Messaging;

namespace Strangler.Bench.Acl;

/// <summary>The table of a service that keeps the last state of each exam.</summary>
internal static class ExamStore
{
    public static async Task CreateAsync(DbDataSource store, CancellationToken cancellation)
    {
        await using var command = store.CreateCommand("create table exam (id bigint primary key, patient_id bigint not null, date text not null, status text not null, notes text not null)");
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Saves exams, each id once.</summary>
    public static Task SaveAsync(DbConnection connection, DbTransaction transaction, IReadOnlyList<ExamTranslator.Exam> exams, CancellationToken cancellation) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into exam (id, patient_id, date, status, notes)
            select * from unnest(@ids, @patients, @dates, @statuses, @notes)
            on conflict (id) do update
            set patient_id = excluded.patient_id, date = excluded.date, status = excluded.status, notes = excluded.notes
            """,
            new
            {
                ids = Column(exams, static exam => Number(exam.Id)),
                patients = Column(exams, static exam => Number(exam.PatientId)),
                dates = Column(exams, static exam => exam.Date),
                statuses = Column(exams, static exam => exam.Status),
                notes = Column(exams, static exam => exam.Notes),
            },
            transaction,
            cancellationToken: cancellation));

    private static T[] Column<T>(IReadOnlyList<ExamTranslator.Exam> exams, Func<ExamTranslator.Exam, T> value)
    {
        var column = new T[exams.Count];
        for (var index = 0; index < column.Length; index++) column[index] = value(exams[index]);
        return column;
    }

    private static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Many at once: the last state of each exam, in one statement.</summary>
internal sealed class ExamsHandler : IBatchHandler<ExamTranslator.Exam>
{
    public Task HandleAsync(IReadOnlyList<ReceivedMessage<ExamTranslator.Exam>> messages, BatchContext context, CancellationToken cancellation) =>
        ExamStore.SaveAsync(context.Connection, context.Transaction, [.. messages.LatestPerKey().Select(static message => message.Body)], cancellation);
}

/// <summary>One by one.</summary>
internal sealed class ExamHandler : IMessageHandler<ExamTranslator.Exam>
{
    public Task HandleAsync(ExamTranslator.Exam message, MessageContext context, CancellationToken cancellation) =>
        ExamStore.SaveAsync(context.Connection, context.Transaction, [message], cancellation);
}

/// <summary>Messages as the layer publishes them, each round in newer versions.</summary>
/// <param name="count">Of a round.</param>
/// <param name="keysComeTwice">Whether each exam comes twice in it, or once.</param>
internal sealed class ExamMessages(int count, bool keysComeTwice)
{
    private ulong position;

    /// <summary>One body of each exam.</summary>
    public IReadOnlyList<ExamTranslator.Exam> Bodies { get; } = [.. Enumerable.Range(1, keysComeTwice ? (count + 1) / 2 : count).Select(static id => new ExamTranslator.Exam(
        $"{id}", $"{id % 10_000}", "21/11/2026", "A", string.Concat(Enumerable.Repeat("observacao ", 37))))];

    public int BodyBytes => JsonSerializer.SerializeToUtf8Bytes(Bodies[^1], MessageJson.Options).Length;

    public IReadOnlyList<Envelope> NextRound()
    {
        var messages = new List<Envelope>(count);
        for (var number = 0; number < count; number++)
        {
            var exam = Bodies[number % Bodies.Count];
            position++;
            messages.Add(new(
                $"bench-{position:x16}", "urn:bench", ExamTranslator.Type, $"exam/{exam.Id}", new(position, 0), TimeProvider.System.GetUtcNow(),
                JsonSerializer.SerializeToUtf8Bytes(exam, MessageJson.Options)));
        }

        return messages;
    }
}
