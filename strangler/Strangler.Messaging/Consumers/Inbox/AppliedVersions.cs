namespace Strangler.Messaging;

/// <summary>
/// The inbox, one row a key and not one a message: the newest version applied of each key of a batch, and the families applied at it. Since
/// messages of a key arrive in the order of their versions, that is all that is needed to recognise a copy, however late it comes. A message is
/// stale when its key has already seen a newer version; it is a duplicate when its family was applied at the same version. Messages of one
/// change may share key and version when they state different facts (<c>patient.updated</c> and <c>patient.merged</c>): all of them are applied.
/// Two majors of one fact (<c>….v1</c>, <c>….v2</c>) are one family: whoever handles both gets the first, and the other is a duplicate.
/// </summary>
internal sealed class AppliedVersions
{
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>What was applied since the batch began.</summary>
    public IEnumerable<AppliedRow> Changed => entries.Where(entry => entry.Value.Changed)
        .Select(entry => new AppliedRow(entry.Key, entry.Value.Version.ToString(), entry.Value.Families));

    /// <summary>Forgets everything, so that the keys of another part may be loaded.</summary>
    public void Clear() => entries.Clear();

    public void Load(AppliedRow row) => entries[row.Key] = new(MessageVersion.Parse(row.Version), row.Families, Changed: false);

    /// <returns><see cref="Verdict.Apply"/>, <see cref="Verdict.Stale"/> or <see cref="Verdict.Duplicate"/>.</returns>
    public Verdict Judge(Envelope message)
    {
        if (!entries.TryGetValue(message.Key, out var applied)) return Verdict.Apply;
        var order = message.Version.CompareTo(applied.Version);
        if (order < 0) return Verdict.Stale;
        return order == 0 && applied.Families.Split(' ').Contains(FamilyOf(message.Type)) ? Verdict.Duplicate : Verdict.Apply;
    }

    public void Record(Envelope message)
    {
        var family = FamilyOf(message.Type);
        var families = entries.TryGetValue(message.Key, out var applied) && applied.Version == message.Version ? $"{applied.Families} {family}" : family;
        entries[message.Key] = new(message.Version, families, Changed: true);
    }

    /// <summary>The type without its major version: <c>clinic.absence.recorded.v1</c> is of the family <c>clinic.absence.recorded</c>.</summary>
    internal static string FamilyOf(string type)
    {
        var major = type.LastIndexOf(".v", StringComparison.Ordinal);
        if (major < 0) return type;
        var digits = type.AsSpan(major + 2);
        return digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9') ? type : type[..major];
    }

    private readonly record struct Entry(MessageVersion Version, string Families, bool Changed);
}

/// <summary>A row of <c>messaging_applied</c>.</summary>
internal sealed record AppliedRow(string Key, string Version, string Families);
