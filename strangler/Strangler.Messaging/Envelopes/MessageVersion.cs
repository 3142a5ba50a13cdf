using System.Globalization;

namespace Strangler.Messaging;

/// <summary>
/// Place of a message in the order of its key: commit position of the source transaction, then ordinal of the change within it.
/// Compared by position, then ordinal. Its text sorts the same way as its value, so a store may compare the text.
/// </summary>
/// <remarks>
/// A consumer applies a message unless its key has seen a newer version, or the same version of the same family: the type without its
/// major version. So messages of one change may share key and version when they state different facts, and each is applied; two majors of
/// one fact (<c>….v1</c>, <c>….v2</c>) share key and version on purpose: who handles both gets the one that was published first, so publish
/// the newest major first. A message that has not been seen but is older than what its key has seen is never applied.
/// </remarks>
/// <param name="Position">Commit position in the source's own count: a PostgreSQL commit LSN, or the id of a trigger-log row.</param>
/// <param name="Ordinal">Number of the change within its source transaction, from 0.</param>
public readonly record struct MessageVersion(ulong Position, uint Ordinal) : IComparable<MessageVersion>
{
    /// <inheritdoc/>
    public int CompareTo(MessageVersion other)
    {
        var byPosition = Position.CompareTo(other.Position);
        return byPosition != 0 ? byPosition : Ordinal.CompareTo(other.Ordinal);
    }

    /// <summary>16 hex digits of position, a dot, 8 hex digits of ordinal: 25 characters, ordered as text as the value is ordered.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Position:x16}.{Ordinal:x8}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">The text is not 16 hex digits, a dot and 8 hex digits.</exception>
    public static MessageVersion Parse(string text) =>
        text.Length == 25 && text[16] == '.'
        && ulong.TryParse(text.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var position)
        && uint.TryParse(text.AsSpan(17), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var ordinal)
            ? new(position, ordinal)
            : throw new FormatException($"'{text}' is not a message version; expected 16 hex digits, a dot and 8 hex digits.");

    /// <summary>True when <paramref name="left"/> is older.</summary>
    public static bool operator <(MessageVersion left, MessageVersion right) => left.CompareTo(right) < 0;

    /// <summary>True when <paramref name="left"/> is newer.</summary>
    public static bool operator >(MessageVersion left, MessageVersion right) => left.CompareTo(right) > 0;

    /// <summary>True when <paramref name="left"/> is older or the same.</summary>
    public static bool operator <=(MessageVersion left, MessageVersion right) => left.CompareTo(right) <= 0;

    /// <summary>True when <paramref name="left"/> is newer or the same.</summary>
    public static bool operator >=(MessageVersion left, MessageVersion right) => left.CompareTo(right) >= 0;
}
