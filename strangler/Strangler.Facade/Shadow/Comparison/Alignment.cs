namespace Strangler.Facade;

/// <summary>Puts two lists side by side: what is equal meets its equal, and what changed meets its counterpart between them.</summary>
internal static class Alignment
{
    // Beyond so many cells, equal items in the middle are no longer looked for; one changed row then still costs one difference.
    private const long MostCells = 1_000_000;

    /// <summary>What does not meet an equal: pairs of indexes, with -1 where the other list has nothing.</summary>
    public static IEnumerable<(int Legacy, int Candidate)> Changes(IReadOnlyList<ContentNode> legacy, IReadOnlyList<ContentNode> candidate)
    {
        int start = 0, end = 0;
        var shorter = Math.Min(legacy.Count, candidate.Count);
        while (start < shorter && legacy[start].Hash == candidate[start].Hash) start++;
        while (end < shorter - start && legacy[^(end + 1)].Hash == candidate[^(end + 1)].Hash) end++;

        var (left, right) = (legacy.Count - end, candidate.Count - end);
        var anchors = (long)(left - start) * (right - start) <= MostCells ? Longest(legacy, candidate, start, left, right) : [];
        var (i, j) = (start, start);
        foreach (var (a, b) in anchors.Append((left, right)))
        {
            foreach (var change in Gap(legacy, candidate, i, a, j, b)) yield return change;
            (i, j) = (a + 1, b + 1);
        }
    }

    /// <summary>Between two anchors: the n-th meets the n-th as long as they are of one kind.</summary>
    private static IEnumerable<(int, int)> Gap(IReadOnlyList<ContentNode> legacy, IReadOnlyList<ContentNode> candidate, int i, int endOfLegacy, int j, int endOfCandidate)
    {
        while (i < endOfLegacy && j < endOfCandidate)
        {
            if (legacy[i].Kind == candidate[j].Kind) yield return (i++, j++);
            // Whichever side has more left gives one up.
            else if (endOfLegacy - i >= endOfCandidate - j) yield return (i++, -1);
            else yield return (-1, j++);
        }

        while (i < endOfLegacy) yield return (i++, -1);
        while (j < endOfCandidate) yield return (-1, j++);
    }

    /// <summary>The longest common subsequence, as pairs of indexes.</summary>
    private static List<(int Legacy, int Candidate)> Longest(IReadOnlyList<ContentNode> legacy, IReadOnlyList<ContentNode> candidate, int start, int left, int right)
    {
        var (n, m) = (left - start, right - start);
        var length = new int[n + 1, m + 1];
        for (var i = n - 1; i >= 0; i--)
        {
            for (var j = m - 1; j >= 0; j--)
            {
                length[i, j] = legacy[start + i].Hash == candidate[start + j].Hash ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);
            }
        }

        var pairs = new List<(int, int)>(length[0, 0]);
        for (int i = 0, j = 0; i < n && j < m;)
        {
            if (legacy[start + i].Hash == candidate[start + j].Hash) pairs.Add((start + i++, start + j++));
            else if (length[i + 1, j] >= length[i, j + 1]) i++;
            else j++;
        }

        return pairs;
    }
}
