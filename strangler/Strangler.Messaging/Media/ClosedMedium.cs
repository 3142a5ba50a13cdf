namespace Strangler.Messaging;

/// <summary>
/// The last message of a partition of a medium that another takes over from. Its publisher sends one to each partition, behind everything that it ever sent there, and
/// nothing more; who has handled all of them has handled everything.
/// </summary>
internal static class ClosedMedium
{
    public const string Type = "strangler.medium.closed.v1";

    private const string Source = "urn:strangler:medium:";

    public static IEnumerable<Envelope> Messages(string medium, int partitions) => Enumerable.Range(0, partitions).Select(partition => new Envelope(
        $"closed/{partition}", Source + medium, Type, KeyIn(partition, partitions), default, DateTimeOffset.UnixEpoch, default));

    /// <summary>Name of the medium that the message closes.</summary>
    public static string MediumOf(Envelope message) => message.Source[Source.Length..];

    /// <summary>Some key of the partition: publishers choose partitions by keys, and this one has no key of its own.</summary>
    private static string KeyIn(int partition, int partitions) =>
        Enumerable.Range(0, int.MaxValue).Select(static number => $"closed/{number}").First(key => Partitioner.PartitionOf(key, partitions) == partition);
}
