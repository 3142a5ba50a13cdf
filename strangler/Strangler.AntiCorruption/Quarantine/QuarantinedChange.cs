using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>A change that a translator refused. Holds personal data: stored for the retry, never logged or listed.</summary>
internal sealed record QuarantinedChange(string Translator, string Key, string Rule, string Reason, RowChange Change)
{
    /// <summary>Which backfill of the table read the row; null for what legacy changed.</summary>
    public int? Generation { get; init; }

    /// <summary>The same for the same change and translator, however often it is read.</summary>
    public string Id => $"{Change.Version}-{Translator}";
}

/// <summary>From this version on, older refused changes of the row do not matter any more.</summary>
internal sealed record Superseding(string Translator, string Table, string Key, MessageVersion Version);
