namespace Strangler.Faults.Oracle;

/// <summary>A row as a consumer keeps it.</summary>
/// <param name="Key">The row.</param>
/// <param name="N">Its number.</param>
/// <param name="Hash">Its digest; null when the consumer was never told its large value, only that it had not changed.</param>
internal readonly record struct KeptRow(string Key, long N, string? Hash);

/// <summary>One effect on a consumer's store, in the order in which they happened.</summary>
/// <param name="Key">The row.</param>
/// <param name="Version">Of the message, as text that sorts as versions do.</param>
/// <param name="N">The row's number; null when it was deleted.</param>
/// <param name="Hash">Digest of the row as it then was in the store; null when it was deleted, or its large value was never told.</param>
internal readonly record struct JournalEntry(string Key, string Version, long? N, string? Hash);

/// <summary>All that is known of a consumer: what it keeps, and how it came to it.</summary>
/// <param name="Consumer">Its name.</param>
/// <param name="Rows">One a key.</param>
/// <param name="Journal">In the order of the effects; only that of one key counts.</param>
internal sealed record ConsumerView(string Consumer, IReadOnlyList<KeptRow> Rows, IReadOnlyList<JournalEntry> Journal);
