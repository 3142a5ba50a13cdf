namespace Strangler.Facade;

/// <summary>One request in which a field differed, masked: nothing of it but its form is kept.</summary>
/// <param name="Id">By which <c>strangler mismatches ROUTE --repeat ID</c> sends the request again.</param>
/// <param name="At">When the answers were compared.</param>
/// <param name="Method">The request's method.</param>
/// <param name="Target">Path and query, masked.</param>
/// <param name="Legacy">What legacy said, masked; null for nothing.</param>
/// <param name="Candidate">What the service said, masked; null for nothing.</param>
internal sealed record MismatchSample(string Id, DateTimeOffset At, string Method, string Target, string? Legacy, string? Candidate);

/// <summary>A field in which answers of a route differ, in one way.</summary>
/// <param name="Field">The field path.</param>
/// <param name="Kind">In what way, e.g. <c>value</c>, <c>missing</c>.</param>
/// <param name="Verdict"><c>mismatch</c>, <c>noise</c> (legacy differs from itself there as often) or <c>ignored</c> (by rule).</param>
/// <param name="Count">Comparisons in which it differed.</param>
/// <param name="Noise">Comparisons of legacy with itself in which it differed.</param>
/// <param name="First">When first.</param>
/// <param name="Last">When last.</param>
/// <param name="Samples">The latest few.</param>
internal sealed record FieldMismatch(string Field, string Kind, string Verdict, long Count, long Noise, DateTimeOffset First, DateTimeOffset Last, IReadOnlyList<MismatchSample> Samples);
