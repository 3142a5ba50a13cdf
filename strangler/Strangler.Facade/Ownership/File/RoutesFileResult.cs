namespace Strangler.Facade;

/// <summary>What came of reading a <c>routes.json</c>.</summary>
/// <param name="Hash">SHA-256 of the bytes read, lower-case hex (of no bytes when nothing could be read).</param>
/// <param name="Table">The table; null when there is any error.</param>
/// <param name="Errors">Everything that is wrong, in the order of the file; empty when the file is good.</param>
public sealed record RoutesFileResult(string Hash, OwnershipTable? Table, IReadOnlyList<RouteError> Errors)
{
    /// <summary>The bytes read; empty when nothing could be read.</summary>
    internal byte[] Content { get; init; } = [];
}
