using Strangler.AntiCorruption;

namespace Strangler.Bench.Acl;

/// <summary>One message a row, about 500 bytes of JSON.</summary>
internal sealed class ExamTranslator : ITranslator
{
    public const string Type = "bench.exam.changed.v1";

    public string Name => "exam";

    public string Table => SourceRows.Table;

    public string KeyColumn => SourceRows.KeyColumn;

    public bool NeedsBefore => false;

    public IReadOnlyList<string> Types => [Type];

    public Translation Translate(RowChange change) => change.After is { } row
        ? new Translation.Published([new(Type, $"exam/{row.Text("id")}", Exam.Of(row), [])])
        : new Translation.Skipped("deleted");

    internal sealed record Exam(string Id, string PatientId, string Date, string Status, string Notes)
    {
        public static Exam Of(SourceRow row) =>
            new(row.Text("id")!, row.Text("paciente_id")!, row.Text("dt_exame")!, row.Text("situacao")!, row.Text("obs")!);
    }
}
