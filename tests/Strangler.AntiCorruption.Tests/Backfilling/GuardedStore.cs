using System.Text.Json;
using Strangler.Messaging;

namespace Strangler.AntiCorruption.Tests;

/// <summary>A consumer's store with a version guard, applied message by message as they come: the rows it holds, and what it should never have been shown.</summary>
public sealed class GuardedStore : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (MessageVersion Version, string? Row)> rows = [];
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> loops = [];

    private GuardedStore()
    {
    }

    /// <summary>The rows that are there, by key, as <c>label|large</c>.</summary>
    public IReadOnlyDictionary<string, string> Rows
    {
        get
        {
            lock (gate) return rows.Where(static row => row.Value.Row is not null).ToDictionary(static row => row.Key, static row => row.Value.Row!);
        }
    }

    /// <summary>States of a row that came after a later one was applied, by the guard or not: labels count up with every change of a row.</summary>
    public List<string> Backwards { get; } = [];

    /// <summary>Rows that were shown without the large value that they have: nobody had told it.</summary>
    public List<string> Incomplete { get; } = [];

    public static async Task<GuardedStore> StartAsync(IMedium medium, params string[] types)
    {
        var store = new GuardedStore();
        for (var partition = 0; partition < medium.Partitions; partition++)
        {
            store.loops.Add(store.ReceiveAsync(await medium.OpenReceiverAsync(new("guarded", types), partition, CancellationToken.None)));
        }

        return store;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task ReceiveAsync(IMessageReceiver receiver)
    {
        await using (receiver)
        {
            while (!stop.IsCancellationRequested)
            {
                var messages = await receiver.ReceiveAsync(100, stop.Token);
                lock (gate) foreach (var message in messages) Apply(message);
                await receiver.AcknowledgeAsync(stop.Token);
            }
        }
    }

    private void Apply(Envelope message)
    {
        var known = rows.GetValueOrDefault(message.Key);
        if (message.Version <= known.Version) return;
        var row = message.Type.Contains(".gone.", StringComparison.Ordinal) ? null : Row(JsonDocument.Parse(message.Data).RootElement, known.Row);
        if (row is not null && known.Row is not null && Count(row) < Count(known.Row)) Backwards.Add($"{message.Key}: {Label(known.Row)} then {Label(row)}");
        if (row?.EndsWith('|') == true) Incomplete.Add($"{message.Key}: {Label(row)}");
        rows[message.Key] = (message.Version, row);
    }

    private static string Row(JsonElement body, string? known)
    {
        var large = body.TryGetProperty("large_is_unchanged", out var unchanged) && unchanged.GetBoolean() ? known?.Split('|')[1] : body.GetProperty("large").GetString();
        return $"{body.GetProperty("label").GetString()}|{large}";
    }

    private static string Label(string row) => row.Split('|')[0];

    private static long Count(string row) => long.Parse(Label(row), System.Globalization.CultureInfo.InvariantCulture);
}
