namespace Strangler.AntiCorruption;

/// <summary>The translators of a host, checked together and looked up by table.</summary>
internal sealed class TranslatorSet
{
    private readonly Dictionary<string, ITranslator[]> byTable;
    private readonly Dictionary<string, HashSet<string>> columnsRead;

    public TranslatorSet(IEnumerable<ITranslator> translators)
    {
        All = [.. translators];
        byTable = All.GroupBy(static translator => translator.Table).ToDictionary(static table => table.Key, static table => table.ToArray());
        columnsRead = byTable
            .Where(static table => table.Value.All(static translator => translator.Columns is not null))
            .ToDictionary(static table => table.Key, static table => table.Value.SelectMany(static translator => translator.Columns!.Append(translator.KeyColumn)).ToHashSet());
        Tables = [.. byTable.Values.Select(static all => new CapturedTable(all[0].Table, all[0].KeyColumn, all.Any(static translator => translator.NeedsBefore)))];
    }

    public IReadOnlyList<ITranslator> All { get; }

    public IReadOnlyList<CapturedTable> Tables { get; }

    public ReadOnlySpan<ITranslator> Of(string table) => byTable.GetValueOrDefault(table);

    /// <summary>The translator of that name; null when there is none any more.</summary>
    public ITranslator? Find(string name) => All.FirstOrDefault(translator => translator.Name == name);

    /// <summary>The key column of the table; null when no translator reads it.</summary>
    public string? KeyColumnOf(string table) => byTable.TryGetValue(table, out var readers) ? readers[0].KeyColumn : null;

    /// <summary>The columns of the table that matter to any translator; null for all.</summary>
    public IReadOnlyCollection<string>? ColumnsReadOf(string table) => columnsRead.GetValueOrDefault(table);

    /// <summary>Everything that is wrong with them, with its cure; empty when they fit together.</summary>
    public static IEnumerable<string> Problems(IReadOnlyCollection<ITranslator> translators)
    {
        if (translators.Count == 0) yield return "There is no translator. Add one with AddAntiCorruption(…).AddTranslator<T>().";
        foreach (var same in translators.GroupBy(static translator => translator.Name).Where(static group => group.Count() > 1))
        {
            yield return $"{same.Count()} translators are called '{same.Key}' ({string.Join(", ", same.Select(static translator => translator.GetType().Name))}). Give each its own name.";
        }

        foreach (var table in translators.GroupBy(static translator => translator.Table))
        {
            var keys = table.Select(static translator => translator.KeyColumn).Distinct().ToList();
            if (keys.Count > 1) yield return $"The translators of table '{table.Key}' name different key columns ({string.Join(", ", keys)}). Name one.";
        }

        foreach (var translator in translators)
        {
            if (translator.Name.Length == 0 || translator.Table.Length == 0 || translator.KeyColumn.Length == 0)
            {
                yield return $"Translator {translator.GetType().Name} has an empty Name, Table or KeyColumn. Give it all three.";
            }

            if (translator.Types.Count == 0) yield return $"Translator '{translator.Name}' names no message type. List in Types what it may publish.";
            foreach (var type in translator.Types.Where(static type => type.Contains(','))) yield return $"Translator '{translator.Name}' names type '{type}'. Leave the comma out.";
        }
    }
}
