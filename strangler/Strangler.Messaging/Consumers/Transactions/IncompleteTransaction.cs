namespace Strangler.Messaging;

/// <summary>A transaction whose rest did not come for longer than it is waited for.</summary>
/// <param name="Id">Its source and its identity there.</param>
/// <param name="Arrived">Messages that came.</param>
/// <param name="Expected">Messages of the types that the consumer handles; negative while none that came says so.</param>
/// <param name="Since">When the first came, ISO 8601, UTC.</param>
internal sealed record IncompleteTransaction(string Id, long Arrived, long Expected, string Since)
{
    public override string ToString() =>
        $"Transaction '{Id}' is not whole: {Arrived} of {(Expected < 0 ? "an unknown number of" : Expected)} messages came since {Since}. "
        + "Was a queue made or emptied in the middle of it? Have the rest sent or replayed, or let it go: strangler parked retry KEY --incomplete.";
}
