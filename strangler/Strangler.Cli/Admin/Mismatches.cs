namespace Strangler.Cli.Admin;

/// <summary>What stage shadow has found on one route, as the facade says it.</summary>
internal sealed record Mismatches(
    string Route, string Stage, string Service, DateTimeOffset Since, MismatchCounts Counts, long AskedTwice, long LegacyWrote, long ServiceWrote, ChangedRows? LegacyRows, IReadOnlyList<MismatchedField> Fields, long FieldsLeftOut);

/// <summary>How often legacy's rows had changed when it was asked again, and in as long a time without asking.</summary>
internal sealed record ChangedRows(long Asked, long Changed, long Otherwise, bool Wrote);

/// <summary>What became of the route's requests.</summary>
internal sealed record MismatchCounts(
    long Seen, IReadOnlyDictionary<string, long> Skipped, IReadOnlyDictionary<string, long> Dropped, long Waiting, long Sent, long UnderWay, long TimedOut,
    IReadOnlyDictionary<string, long> Failed, long Compared, long Equal, long Ignored, long Noisy, long Different);

/// <summary>One field in which answers differed, with the latest samples, masked.</summary>
internal sealed record MismatchedField(string Field, string Kind, string Verdict, long Count, long Noise, DateTimeOffset First, DateTimeOffset Last, IReadOnlyList<MismatchedSample> Samples);

internal sealed record MismatchedSample(string Id, DateTimeOffset At, string Method, string Target, string? Legacy, string? Candidate);

/// <summary>A request behind a sample, sent again.</summary>
internal sealed record RepeatedMismatch(string Method, string Target, int? LegacyStatus, int? CandidateStatus, string? NotAsked, IReadOnlyList<RepeatedField> Differences);

internal sealed record RepeatedField(string Name, string Kind, int Places, string? Legacy, string? Candidate);
