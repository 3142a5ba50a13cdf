namespace Strangler.Messaging;

/// <summary>A key whose messages wait, as operators see it: without a value of any message.</summary>
/// <param name="Consumer">Whose it is.</param>
/// <param name="Key">The key.</param>
/// <param name="State"><c>parked</c>, or <c>paused</c> while it is still tried by itself.</param>
/// <param name="Since">When it first failed, ISO 8601, UTC.</param>
/// <param name="DueAt">When it is tried again; null when it is parked.</param>
/// <param name="Attempts">Failed attempts of its first message.</param>
/// <param name="Messages">Messages that wait, the first included.</param>
/// <param name="Type">Type of the first.</param>
/// <param name="Reason">Why it failed, masked.</param>
internal sealed record ParkedKey(string Consumer, string Key, string State, string Since, string? DueAt, long Attempts, long Messages, string Type, string Reason);

/// <summary>A message that waits.</summary>
/// <param name="Position">Its place among those of its key, from 1.</param>
/// <param name="Id">Its identity.</param>
/// <param name="Source">Who sent it.</param>
/// <param name="Type">Its wire name; <c>malformed</c> when its attributes could not be read.</param>
/// <param name="Version">Its place in the order of its key.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Bytes">Size of its body.</param>
/// <param name="Body">The body with masked values.</param>
internal sealed record ParkedMessage(
    long Position, string Id, string Source, string Type, string Version, DateTimeOffset Time, int Bytes, System.Text.Json.Nodes.JsonNode? Body);

/// <summary>What came of an operator's decision about a key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Outcome"><c>flows</c>: nothing waits any more; <c>waits</c>: it failed again and is tried on by itself, or parked; <c>unknown</c>: no message of it waited.</param>
/// <param name="Applied">Messages that waited and were applied, or found to be known; of a key that still waits, those that this process applied.</param>
/// <param name="Discarded">Messages given up.</param>
/// <param name="Left">Messages that wait now.</param>
/// <param name="Reason">Why it waits, masked; null when it does not.</param>
internal sealed record KeyDecision(string Key, string Outcome, long Applied, int Discarded, long Left, string? Reason);
