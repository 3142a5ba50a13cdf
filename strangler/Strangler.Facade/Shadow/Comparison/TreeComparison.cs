namespace Strangler.Facade;

/// <summary>Compares two trees of one kind of content.</summary>
internal sealed class TreeComparison(Differences found)
{
    /// <summary>Notes where two nodes of the same step differ.</summary>
    /// <param name="parent">The field path of what holds them.</param>
    /// <param name="legacy">Legacy's node.</param>
    /// <param name="candidate">The candidate's node.</param>
    public void Compare(string parent, ContentNode legacy, ContentNode candidate)
    {
        if (legacy.Hash == candidate.Hash) return;
        var path = parent + legacy.Step;
        if (legacy.Kind != candidate.Kind) found.Add(path, DifferenceKind.Type, legacy.Kind, candidate.Kind);
        else if (legacy.Value is { } before && candidate.Value is { } after) found.AddTexts(path, before, after);
        else
        {
            CompareFields(path, legacy, candidate);
            CompareItems(path, legacy, candidate);
        }
    }

    private void CompareFields(string path, ContentNode legacy, ContentNode candidate)
    {
        foreach (var (name, field) in legacy.Fields)
        {
            if (candidate.Fields.TryGetValue(name, out var other)) Compare(path, field, other);
            else found.Add(path + field.Step, DifferenceKind.Missing, field.Shown, null);
        }

        foreach (var (name, field) in candidate.Fields)
        {
            if (!legacy.Fields.ContainsKey(name)) found.Add(path + field.Step, DifferenceKind.Extra, null, field.Shown);
        }
    }

    private void CompareItems(string path, ContentNode legacy, ContentNode candidate)
    {
        var (left, right) = (legacy.Items, candidate.Items);
        if (left.Count > 1 && left.Count == right.Count && SameOnes(left, right))
        {
            if (!left.Select(item => item.Hash).SequenceEqual(right.Select(item => item.Hash))) found.Add(path, DifferenceKind.Order, $"{left.Count} parts", $"{right.Count} parts");
            return;
        }

        foreach (var (i, j) in Alignment.Changes(left, right))
        {
            if (j < 0) found.Add(path + left[i].Step, DifferenceKind.Missing, left[i].Shown, null);
            else if (i < 0) found.Add(path + right[j].Step, DifferenceKind.Extra, null, right[j].Shown);
            else Compare(path, left[i], right[j]);
        }
    }

    private static bool SameOnes(IReadOnlyList<ContentNode> left, IReadOnlyList<ContentNode> right) =>
        left.Select(item => item.Hash).Order().SequenceEqual(right.Select(item => item.Hash).Order());
}
