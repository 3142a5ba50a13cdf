using System.Globalization;

namespace Strangler.Messaging;

/// <summary>
/// Which transaction of its source a message is of, one of several messages. A transaction of one message is not told: nobody has to wait for more of it.
/// </summary>
/// <param name="Id">Identity of the transaction within the envelope's source; a message that is sent again keeps it. Never empty.</param>
public sealed record MessageTransaction(string Id)
{
    /// <summary>
    /// How many messages of each type the transaction has, as <c>type=number</c>, sorted, with commas between. On one message of each type at least, so that whoever gets
    /// some types alone is told too; null on the others.
    /// </summary>
    public string? Counts { get; init; }

    /// <summary>The same, with the numbers.</summary>
    /// <param name="messages">Messages by type, each at least 1. A type holds no comma.</param>
    /// <exception cref="ArgumentException">A type or a number cannot be told.</exception>
    public MessageTransaction With(IEnumerable<KeyValuePair<string, int>> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var counts = string.Join(',', messages.OrderBy(static type => type.Key, StringComparer.Ordinal).Select(static type => string.Create(CultureInfo.InvariantCulture, $"{type.Key}={type.Value}")));
        return TryRead(counts, out _) ? this with { Counts = counts } : throw new ArgumentException($"'{counts}' cannot be told: a type without a comma, and a number of at least 1.", nameof(messages));
    }

    /// <summary>How many messages of these types the transaction has; null when this message does not say.</summary>
    internal int? CountOf(IReadOnlySet<string> types)
    {
        if (Counts is null) return null;
        TryRead(Counts, out var counts);
        return counts.Sum(type => types.Contains(type.Type) ? type.Messages : 0);
    }

    /// <returns>False when the text is not what <see cref="Counts"/> says.</returns>
    internal static bool TryRead(string text, out IReadOnlyList<(string Type, int Messages)> counts)
    {
        var read = new List<(string, int)>();
        counts = read;
        foreach (var one in text.Split(','))
        {
            var equals = one.LastIndexOf('=');
            if (equals < 1 || !int.TryParse(one.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var messages) || messages < 1) return false;
            read.Add((one[..equals], messages));
        }

        return true;
    }
}
