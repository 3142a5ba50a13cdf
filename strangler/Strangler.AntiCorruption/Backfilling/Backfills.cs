namespace Strangler.AntiCorruption;

/// <summary>The backfills of all tables, as the pump and people see them. Each change is stored before it counts. Thread-safe.</summary>
internal sealed class Backfills(BackfillStore store, TranslatorSet translators, TimeProvider clock) : IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim changing = new(1);
    private readonly Dictionary<string, Backfill> tables = [];
    private CancellationTokenSource change = new();
    private TaskCompletionSource<BackfillChunk> saved = new();

    /// <summary>Cancelled at the next change that a person, or a truncate, makes.</summary>
    public CancellationToken Changed
    {
        get
        {
            lock (gate) return change.Token;
        }
    }

    public IReadOnlyList<Backfill> All
    {
        get
        {
            lock (gate) return [.. tables.Values.OrderBy(static table => table.Table, StringComparer.Ordinal)];
        }
    }

    /// <summary>The backfill whose turn it is, in the order of the tables; null when none is to run.</summary>
    public Backfill? NextOf(IEnumerable<CapturedTable> of)
    {
        lock (gate) return of.Select(table => tables.GetValueOrDefault(table.Name)).FirstOrDefault(static table => table?.State is Backfill.Running or Backfill.Sweeping);
    }

    public Backfill? Of(string table)
    {
        lock (gate) return tables.GetValueOrDefault(table);
    }

    /// <summary>Reads what is stored, and begins the backfill of every table that has none.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await changing.WaitAsync(cancellation);
        try
        {
            var stored = (await store.ReadAsync(cancellation)).ToDictionary(static table => table.Table);
            lock (gate) tables.Clear();
            foreach (var table in translators.Tables.Select(static table => table.Name))
            {
                var backfill = stored.GetValueOrDefault(table);
                if (backfill is null or { State: Backfill.Left }) await BeginAsync(table, (backfill?.Generation ?? 0) + 1, BackfillFilter.All, cancellation);
                else Set(backfill);
            }

            var left = stored.Values.Where(table => !tables.ContainsKey(table.Table) && table.State != Backfill.Left);
            foreach (var table in left) await store.LeaveAsync(table.Table, cancellation);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Begins another backfill of the table, from its first row.</summary>
    /// <returns>False when there is none, or when one runs or is paused.</returns>
    public Task<bool> StartAsync(string table, BackfillFilter filter, CancellationToken cancellation) => ChangeAsync(
        table, [Backfill.Complete, Backfill.Cancelled, Backfill.Failed], current => BeginAsync(table, current.Generation + 1, filter, cancellation), cancellation);

    /// <summary>Holds it; it goes on where it stands.</summary>
    /// <returns>False when it does not run.</returns>
    public Task<bool> PauseAsync(string table, CancellationToken cancellation) =>
        ChangeAsync(table, [Backfill.Running, Backfill.Sweeping], current => UpdateAsync(current with { State = Backfill.Paused }, cancellation), cancellation);

    /// <summary>Lets it go on where it stands.</summary>
    /// <returns>False when it is neither paused nor failed.</returns>
    public Task<bool> ResumeAsync(string table, CancellationToken cancellation) => ChangeAsync(
        table, [Backfill.Paused, Backfill.Failed],
        current => UpdateAsync(current with { State = Backfill.Running, EndedAt = null, Problem = null }, cancellation), cancellation);

    /// <summary>Ends it for good; what it published stays.</summary>
    /// <returns>False when it has ended already.</returns>
    public Task<bool> CancelAsync(string table, CancellationToken cancellation) => ChangeAsync(
        table, [Backfill.Running, Backfill.Sweeping, Backfill.Paused, Backfill.Failed],
        current => UpdateAsync(current with { State = Backfill.Cancelled, EndedAt = AclStore.Text(clock.GetUtcNow()) }, cancellation), cancellation);

    /// <summary>Stores what the run itself found out: its extent, or why it failed.</summary>
    public async Task FoundAsync(Backfill backfill, CancellationToken cancellation)
    {
        await changing.WaitAsync(cancellation);
        try
        {
            // A person was faster: what was found out is of no use any more.
            if (Of(backfill.Table) is { State: Backfill.Running or Backfill.Sweeping } current && current.Generation == backfill.Generation) await UpdateAsync(backfill, cancellation);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>
    /// The table was truncated at this place of the stream: what is told of it from here on belongs to another backfill, of which no row that was there before is seen. It begins when
    /// <see cref="BegunAsync"/> says that this is stored.
    /// </summary>
    /// <returns>Which backfill of the table it is; null when there is no such table.</returns>
    public int? Truncated(string table)
    {
        lock (gate)
        {
            if (!tables.TryGetValue(table, out var ended)) return null;
            tables[table] = Anew(table, ended.Generation + 1) with { State = Backfill.Beginning };
            return ended.Generation + 1;
        }
    }

    /// <summary>That the table was truncated is stored.</summary>
    public async Task BegunAsync(string table, int generation)
    {
        lock (gate)
        {
            // Truncated once more by now, perhaps.
            if (tables.GetValueOrDefault(table) is not { State: Backfill.Beginning } backfill || backfill.Generation != generation) return;
            tables[table] = backfill with { State = Backfill.Running };
        }

        await TellChangeAsync();
    }

    /// <summary>Every message of the chunk is safe, and that is stored.</summary>
    public void Saved(BackfillChunk chunk)
    {
        lock (gate)
        {
            if (chunk.Request.Keys is null && tables.GetValueOrDefault(chunk.Request.Table.Name) is { } table && table.Generation == chunk.Request.Generation)
            {
                tables[table.Table] = After(table, chunk);
            }

            saved.TrySetResult(chunk);
        }
    }

    /// <summary>Nothing of the chunk was taken; it is asked for again some day.</summary>
    public void Dropped(BackfillChunk chunk)
    {
        lock (gate) saved.TrySetResult(chunk);
    }

    /// <summary>Call before a chunk is asked for; the task ends when the next chunk is stored as safe, or dropped.</summary>
    public Task<BackfillChunk> NextSaved()
    {
        lock (gate)
        {
            saved = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return saved.Task;
        }
    }

    public void Dispose()
    {
        changing.Dispose();
        change.Dispose();
    }

    private async Task<bool> ChangeAsync(string table, string[] from, Func<Backfill, Task> to, CancellationToken cancellation)
    {
        await changing.WaitAsync(cancellation);
        try
        {
            if (Of(table) is not { } current || !from.Contains(current.State)) return false;
            await to(current);
            await TellChangeAsync();
            return true;
        }
        finally
        {
            changing.Release();
        }
    }

    private async Task TellChangeAsync()
    {
        CancellationTokenSource told;
        lock (gate) (told, change) = (change, new());
        await told.CancelAsync();
    }

    private Backfill Anew(string table, int generation) => new() { Table = table, Generation = generation, StartedAt = AclStore.Text(clock.GetUtcNow()) };

    private async Task BeginAsync(string table, int generation, BackfillFilter filter, CancellationToken cancellation)
    {
        var backfill = Anew(table, generation) with { Filter = filter.ToString() };
        await store.BeginAsync(backfill, cancellation);
        Set(backfill);
    }

    private Backfill After(Backfill table, BackfillChunk chunk)
    {
        var moved = table with { LastKey = chunk.LastKey, RowsDone = table.RowsDone + chunk.RowsRead, Problem = null };
        if (!chunk.IsLast) return moved;
        moved = moved with { RowsTotal = moved.RowsDone };
        return Backfill.Sweeps(chunk) ? moved with { State = Backfill.Sweeping } : moved with { State = Backfill.Complete, EndedAt = AclStore.Text(clock.GetUtcNow()) };
    }

    private async Task UpdateAsync(Backfill backfill, CancellationToken cancellation)
    {
        await store.UpdateAsync(backfill, cancellation);
        lock (gate)
        {
            // Chunks were confirmed meanwhile, perhaps the last one; or the table was truncated.
            var current = tables[backfill.Table];
            if (current.State != Backfill.Complete && current.Generation == backfill.Generation) tables[backfill.Table] = backfill with { LastKey = current.LastKey, RowsDone = current.RowsDone };
        }
    }

    private void Set(Backfill backfill)
    {
        lock (gate)
        {
            // A truncate came first: what it began reads everything.
            if (tables.GetValueOrDefault(backfill.Table)?.Generation >= backfill.Generation) return;
            tables[backfill.Table] = backfill;
        }
    }
}
