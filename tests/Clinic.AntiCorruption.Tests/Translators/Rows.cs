using System.Text.Json;
using Strangler.AntiCorruption;
using Strangler.Messaging;

namespace Clinic.AntiCorruption.Tests.Translators;

/// <summary>Changes of legacy rows, and what became of them as text, so that a test compares the whole outcome.</summary>
internal static class Rows
{
    /// <summary>Saturday 2016-06-25 00:30 UTC: still Friday the 24th at the clinic.</summary>
    public static readonly DateTimeOffset CommittedAt = new(2016, 6, 25, 0, 30, 0, TimeSpan.Zero);

    public static Dictionary<string, string?> With(this Dictionary<string, string?> row, params (string Column, string? Value)[] cells)
    {
        var changed = new Dictionary<string, string?>(row);
        foreach (var (column, value) in cells)
        {
            if (!changed.ContainsKey(column)) throw new ArgumentException($"The table has no column '{column}'.");
            changed[column] = value;
        }

        return changed;
    }

    public static RowChange Inserted(this ITranslator translator, Dictionary<string, string?> row) => Change(translator, ChangeKind.Insert, null, row);

    public static RowChange Deleted(this ITranslator translator, Dictionary<string, string?> row) => Change(translator, ChangeKind.Delete, row, null);

    public static RowChange Updated(this ITranslator translator, Dictionary<string, string?>? was, Dictionary<string, string?> now) =>
        Change(translator, ChangeKind.Update, was, now);

    public static string Insert(this ITranslator translator, Dictionary<string, string?> row) => Show(translator.Translate(translator.Inserted(row)));

    public static string Delete(this ITranslator translator, Dictionary<string, string?> row) => Show(translator.Translate(translator.Deleted(row)));

    public static string Update(this ITranslator translator, Dictionary<string, string?>? was, Dictionary<string, string?> now) =>
        Show(translator.Translate(translator.Updated(was, now)));

    public static string Show(Translation translation) => translation switch
    {
        Translation.Published published => Show(published.Messages),
        Translation.Skipped skipped => $"skipped {skipped.Reason}",
        Translation.Quarantined { Meanwhile: [] } refused => $"quarantined {refused.Rule}: {refused.Reason}",
        Translation.Quarantined refused => $"quarantined {refused.Rule}: {refused.Reason}\n{Show(refused.Meanwhile)}",
        _ => throw new InvalidOperationException($"{translation}"),
    };

    private static string Show(IEnumerable<DomainMessage> messages) => string.Join('\n', messages.Select(message =>
        string.Join(" !", [$"{message.Type} {message.Key} {JsonSerializer.Serialize(message.Body, message.Body.GetType(), MessageJson.Options)}", .. message.Warnings])));

    private static RowChange Change(ITranslator translator, ChangeKind kind, Dictionary<string, string?>? was, Dictionary<string, string?>? now) => new(
        translator.Table,
        kind,
        was is null ? null : new SourceRow(was),
        now is null ? null : new SourceRow(now),
        new(7, 0),
        CommittedAt);
}
