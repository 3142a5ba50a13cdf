namespace Strangler.Facade;

/// <summary>Guesses which word was meant.</summary>
internal static class Spelling
{
    /// <summary>"Did you mean 'x'?", or the whole choice when nothing is near.</summary>
    public static string Cure(string word, IReadOnlyList<string> known, string choice)
    {
        var nearest = known.MinBy(candidate => Distance(word, candidate));
        return nearest is not null && Distance(word, nearest) <= nearest.Length / 3 ? $"Did you mean \"{nearest}\"?" : choice;
    }

    /// <summary>"a", "b" or "c".</summary>
    public static string Choice(IReadOnlyList<string> words) => words.Count < 2 ? List(words) : $"{List(words.SkipLast(1))} or \"{words[^1]}\"";

    public static string List(IEnumerable<string> words) => string.Join(", ", words.Select(word => $"\"{word}\""));

    /// <summary>Edit distance without case; two letters exchanged count as one mistake.</summary>
    private static int Distance(string a, string b)
    {
        var cost = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i + j;
                    continue;
                }

                cost[i, j] = Math.Min(Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1, cost[i - 1, j - 1] + (Same(i, j) ? 0 : 1));
                if (i > 1 && j > 1 && Same(i, j - 1) && Same(i - 1, j)) cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }

        return cost[a.Length, b.Length];

        bool Same(int i, int j) => char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]);
    }
}
