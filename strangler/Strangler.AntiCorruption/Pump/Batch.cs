using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>Messages published together, and what becomes safe once they are confirmed.</summary>
internal sealed class Batch
{
    public List<Envelope> Messages { get; } = [];

    public SafeProgress Progress { get; } = new();

    /// <summary>Ends when every message is safe; fails when one is not.</summary>
    public Task Confirmed { get; set; } = Task.CompletedTask;

    public bool IsEmpty => Messages.Count == 0 && Progress.IsEmpty;
}
