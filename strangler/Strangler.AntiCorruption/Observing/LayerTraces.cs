using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>
/// A trace for each source transaction, from its commit to what consumers make of it. Its ids are drawn from the capture and the commit position, so that
/// a transaction that is sent again continues the trace it has, and messages stay what they were. Only while somebody listens
/// (source <c>Strangler.AntiCorruption</c>): otherwise messages carry no trace.
/// </summary>
internal static class LayerTraces
{
    public const string Name = "Strangler.AntiCorruption";

    private static readonly ActivitySource Source = new(Name);

    public static bool Wanted => Source.HasListeners();

    /// <summary>The W3C <c>traceparent</c> of everything that one source transaction causes.</summary>
    /// <param name="capture">Which capture the position belongs to.</param>
    /// <param name="position">Where the transaction's commit begins.</param>
    public static string ParentOf(string capture, ulong position)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{capture}:{position}")));
        return $"00-{Convert.ToHexStringLower(hash.AsSpan(0, 16))}-{Convert.ToHexStringLower(hash.AsSpan(16, 8))}-01";
    }

    /// <summary>Tells of the transactions whose messages are confirmed: from their commit until now.</summary>
    public static void Confirmed(IReadOnlyList<Envelope> messages)
    {
        if (!Wanted) return;
        foreach (var transaction in messages.Where(static message => message.TraceParent is not null).GroupBy(static message => message.TraceParent))
        {
            if (!ActivityContext.TryParse(transaction.Key, null, out var parent)) continue;
            var first = transaction.First();
            using var activity = Source.StartActivity("source transaction", ActivityKind.Producer, parent, startTime: first.Time);
            activity?.SetTag("strangler.position", first.Version.Position.ToString(CultureInfo.InvariantCulture)).SetTag("strangler.messages", transaction.Count());
        }
    }
}
