namespace Strangler.Facade;

/// <summary>One owner's whole answer, kept for comparison.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">Every header line in order, values as Latin-1.</param>
/// <param name="Body">The body as it came over the wire, still compressed if it was.</param>
internal sealed record OwnerAnswer(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    /// <summary>The values of a header, in order; empty when it was not sent.</summary>
    public IEnumerable<string> Values(string name) =>
        Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value);

    /// <summary>The first value of a header; null when it was not sent.</summary>
    public string? Value(string name) => Values(name).FirstOrDefault();

    // Answers hold personal data: whoever prints one by mistake learns its size.
    public override string ToString() => $"{Status}, {Body.Length} bytes";
}
