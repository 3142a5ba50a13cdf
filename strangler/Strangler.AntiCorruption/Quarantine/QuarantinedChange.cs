using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>A change that waits, because a translator refused it or threw, or because it is behind one that did. Holds personal data: stored for the retry, never logged or listed.</summary>
internal sealed record QuarantinedChange(RowPlace Row, string Rule, string Reason, RowChange Change)
{
    /// <summary>Which backfill of the table read the row; null for what legacy changed.</summary>
    public int? Generation { get; init; }

    /// <summary>True when later changes of the row wait behind it.</summary>
    public bool IsParked { get; init; }

    /// <summary>The change that it waits behind; null when it waits for itself.</summary>
    public string? Behind { get; init; }

    /// <summary>The same for the same change and translator, however often it is read.</summary>
    public string Id => IdOf(Row.Translator, Change);

    public static string IdOf(string translator, RowChange change) => $"{change.Version}-{translator}";
}

/// <summary>From this version on, older refused changes of the row do not matter any more.</summary>
internal sealed record Superseding(string Translator, string Table, string Key, MessageVersion Version);
