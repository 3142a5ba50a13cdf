using System.Text.RegularExpressions;

namespace Strangler.Messaging;

/// <summary>
/// The version guard: the newest version applied of each key of a batch. A message is stale when its key has already seen a newer
/// version, or the same version of the same family. Messages of one change may share key and version when they state different facts
/// (<c>patient.updated</c> and <c>patient.merged</c>): all of them are applied. Two majors of one fact (<c>….v1</c>, <c>….v2</c>) are one
/// family: whoever handles both gets the first and the other is stale.
/// </summary>
internal sealed partial class AppliedVersions
{
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>What was applied since the batch began.</summary>
    public IEnumerable<AppliedRow> Changed => entries.Values.Where(entry => entry.Changed).Select(entry => entry.Row);

    public void Load(AppliedRow row) => entries[row.Key] = new(row, Changed: false);

    public bool IsStale(Envelope message)
    {
        if (!entries.TryGetValue(message.Key, out var entry)) return false;
        var applied = MessageVersion.Parse(entry.Row.Version);
        return message.Version < applied
            || (message.Version == applied && entry.Row.Families.Split(' ').Contains(FamilyOf(message.Type)));
    }

    public void Record(Envelope message)
    {
        var version = message.Version.ToString();
        var family = FamilyOf(message.Type);
        var families = entries.TryGetValue(message.Key, out var entry) && entry.Row.Version == version
            ? $"{entry.Row.Families} {family}"
            : family;
        entries[message.Key] = new(new(message.Key, version, families), Changed: true);
    }

    /// <summary>The type without its major version: <c>clinic.absence.recorded.v1</c> is of the family <c>clinic.absence.recorded</c>.</summary>
    internal static string FamilyOf(string type) => Major().Replace(type, "");

    private sealed record Entry(AppliedRow Row, bool Changed);

    [GeneratedRegex(@"\.v\d+\z")]
    private static partial Regex Major();
}

/// <summary>A row of <c>messaging_applied</c>.</summary>
internal sealed record AppliedRow(string Key, string Version, string Families);
