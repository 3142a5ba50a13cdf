namespace Strangler.Messaging;

/// <summary>What a journal had promised to keep cannot be read any more: its disk or somebody has changed it. Nothing is guessed, nothing published.</summary>
/// <param name="file">The journal.</param>
/// <param name="offset">Where it is damaged.</param>
public sealed class JournalDamagedException(string file, long offset)
    : Exception($"The journal '{file}' is damaged at byte {offset}. What it held is lost to the services: move it away, and begin the layer's capture anew (a backfill states what is true).")
{
    /// <summary>The journal.</summary>
    public string File { get; } = file;

    /// <summary>Where it is damaged, in bytes from its beginning.</summary>
    public long Offset { get; } = offset;
}
