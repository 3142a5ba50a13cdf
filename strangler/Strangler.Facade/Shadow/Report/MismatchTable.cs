namespace Strangler.Facade;

/// <summary>All fields in which a route's answers differed, and the judgement over each comparison. Thread-safe.</summary>
internal sealed class MismatchTable
{
    private const int MostSamples = 5;
    private const int MostFields = 500;
    private readonly Lock sync = new();
    private readonly Dictionary<(string Field, DifferenceKind Kind), Entry> fields = [];
    private long compared;
    private long askedTwice;

    /// <summary>Comparisons of legacy with itself.</summary>
    public long AskedTwice
    {
        get
        {
            lock (sync) return askedTwice;
        }
    }

    /// <summary>Differences that found no place, because far too many fields differ.</summary>
    public long Overflow { get; private set; }

    /// <summary>Learns in which fields legacy differs from itself.</summary>
    public void Learn(IReadOnlyList<Difference> itself, DateTimeOffset now)
    {
        lock (sync)
        {
            askedTwice++;
            foreach (var difference in itself)
            {
                if (Of(difference, now) is { } entry) entry.Noise.Noise++;
            }
        }
    }

    /// <summary>Takes a comparison with the candidate in and judges it.</summary>
    /// <param name="differences">What was found.</param>
    /// <param name="settings">The rules by which some do not count.</param>
    /// <param name="now">The time of the comparison.</param>
    /// <param name="sample">Makes the sample of one difference.</param>
    public Verdict Judge(IReadOnlyList<Difference> differences, ShadowSettings settings, DateTimeOffset now, Func<Difference, MismatchSample> sample)
    {
        var gravest = Verdict.Equal;
        lock (sync)
        {
            compared++;
            foreach (var difference in differences)
            {
                var verdict = Verdict.Different;
                var ignored = Ignores(settings, difference.Field);
                if (Of(difference, now) is { } entry)
                {
                    (entry.First, entry.Last) = (entry.Noise.Different == 0 ? now : entry.First, now);
                    entry.Noise.Different++;
                    if (!ignored) entry.Add(sample(difference));
                    if (entry.Noise.Explains(compared, askedTwice)) verdict = Verdict.Noisy;
                }
                else Overflow++;

                if (ignored) verdict = Verdict.Ignored;
                if (verdict > gravest) gravest = verdict;
            }
        }

        return gravest;
    }

    /// <summary>Everything in the table, to be kept over a restart.</summary>
    public KeptTable Keep()
    {
        lock (sync)
        {
            return new KeptTable(compared, askedTwice, Overflow, [.. fields.Select(field => new KeptField(
                field.Key.Field, field.Key.Kind, field.Value.Noise.Different, field.Value.Noise.Noise, field.Value.First, field.Value.Last, [.. field.Value.Samples]))]);
        }
    }

    /// <summary>Goes on from a table of before a restart.</summary>
    public void Restore(KeptTable kept)
    {
        lock (sync)
        {
            (compared, askedTwice, Overflow) = (kept.Compared, kept.AskedTwice, kept.Overflow);
            foreach (var field in kept.Fields)
            {
                var entry = new Entry { First = field.First, Last = field.Last };
                (entry.Noise.Different, entry.Noise.Noise) = (field.Different, field.Noise);
                foreach (var sample in field.Samples) entry.Add(sample);
                fields[(field.Field, field.Kind)] = entry;
            }
        }
    }

    /// <summary>Fields in which the candidate differed: mismatches first, the most frequent first.</summary>
    public IReadOnlyList<FieldMismatch> Read(ShadowSettings settings)
    {
        lock (sync)
        {
            return [.. fields.Where(field => field.Value.Noise.Different > 0).Select(field => Shown(field.Key.Field, field.Key.Kind, field.Value, settings))
                .OrderBy(field => field.Verdict switch { "mismatch" => 0, "noise" => 1, _ => 2 }).ThenByDescending(field => field.Count).ThenBy(field => field.Field, StringComparer.Ordinal)];
        }
    }

    private FieldMismatch Shown(string field, DifferenceKind kind, Entry entry, ShadowSettings settings)
    {
        var verdict = Ignores(settings, field) ? "ignored" : entry.Noise.Explains(compared, askedTwice) ? "noise" : "mismatch";
        return new(field, new Difference(field, kind, null, null).Word, verdict, entry.Noise.Different, entry.Noise.Noise, entry.First, entry.Last, [.. entry.Samples]);
    }

    private Entry? Of(Difference difference, DateTimeOffset now)
    {
        var key = (difference.Field, difference.Kind);
        if (fields.TryGetValue(key, out var entry)) return entry;
        if (fields.Count >= MostFields) return null;
        return fields[key] = new Entry { First = now, Last = now };
    }

    private static bool Ignores(ShadowSettings settings, string field) => settings.Ignore.Any(pattern => pattern.Matches(field));

    private sealed class Entry
    {
        public FieldNoise Noise { get; } = new();

        public DateTimeOffset First { get; set; }

        public DateTimeOffset Last { get; set; }

        public Queue<MismatchSample> Samples { get; } = new();

        public void Add(MismatchSample sample)
        {
            Samples.Enqueue(sample);
            if (Samples.Count > MostSamples) Samples.Dequeue();
        }
    }
}
