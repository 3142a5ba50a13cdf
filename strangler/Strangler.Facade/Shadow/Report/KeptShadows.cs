using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>A route's findings as they are kept over a restart: masked, and without the requests behind the samples.</summary>
internal sealed record KeptShadow(string Route, Uri Service, DateTimeOffset Since, ShadowCounts Counts, KeptTable Mismatches, long LegacyWrote, long ServiceWrote);

internal sealed record KeptTable(long Compared, long AskedTwice, long Overflow, IReadOnlyList<KeptField> Fields);

internal sealed record KeptField(string Field, DifferenceKind Kind, long Different, long Noise, DateTimeOffset First, DateTimeOffset Last, IReadOnlyList<MismatchSample> Samples);

/// <summary>The file of the findings, in the state folder.</summary>
internal sealed partial class KeptShadows(StateFolder state, ILogger<KeptShadows> log)
{
    /// <summary>What was kept; empty when there is nothing, or nothing that can be read.</summary>
    public IReadOnlyList<KeptShadow> Read()
    {
        try
        {
            if (File.Exists(state.ShadowFile)) return JsonSerializer.Deserialize<KeptShadow[]>(File.ReadAllBytes(state.ShadowFile), AdminJson.Options) ?? [];
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or JsonException)
        {
            LogUnread(state.ShadowFile, cause.Message);
        }

        return [];
    }

    /// <summary>Writes it; a disk that fails costs the memory over a restart, nothing else.</summary>
    public void Write(byte[] findings)
    {
        try
        {
            StateFolder.Replace(state.ShadowFile, findings);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            LogUnwritten(state.ShadowFile, cause.Message);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{File} cannot be read, so what stage shadow found before is forgotten: {Reason}")]
    private partial void LogUnread(string file, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{File} cannot be written; after a restart stage shadow begins anew: {Reason}")]
    private partial void LogUnwritten(string file, string reason);
}

/// <summary>Writes the findings every few seconds when they have changed, and at the end.</summary>
internal sealed class ShadowKeeper(ShadowLedger ledger, KeptShadows kept, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private byte[] _written = [];

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Write();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Write();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end is written by who stops.
        }
    }

    private void Write()
    {
        var findings = JsonSerializer.SerializeToUtf8Bytes(ledger.Live.Select(shadow => shadow.Keep()), AdminJson.Options);
        if (findings.AsSpan().SequenceEqual(_written)) return;
        kept.Write(findings);
        _written = findings;
    }
}
