using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>
/// Holds the table in force and swaps it whole. A file is validated before anything changes; a bad one leaves everything as it is and is
/// kept as <see cref="Refused"/>. Any thread reads; one thread (start, then the watch) changes.
/// </summary>
internal sealed partial class LiveOwnership(
    FacadeOptions options, StateFolder state, History history, Announcements announcements, RoutePlans plans, LegacyIdentity identity, OpenExchanges exchanges, TimeProvider clock, ILogger<LiveOwnership> log)
{
    private readonly IReadOnlyDictionary<string, Uri> addresses = options.AddressOverrides();
    private LiveTable? current;
    private RefusedFile? refused;

    /// <summary>The table in force.</summary>
    public LiveTable Current => Volatile.Read(ref current) ?? throw new InvalidOperationException("The facade has not been started.");

    /// <summary>The file as it stands, when it is wrong; null when the file is what is live.</summary>
    public RefusedFile? Refused => Volatile.Read(ref refused);

    /// <summary>Takes the first table: the file's, or, when that is wrong, the last good one.</summary>
    /// <returns>Everything that is wrong, when there is nothing to serve; else empty.</returns>
    public IReadOnlyList<RouteError> Start(RoutesFileResult file)
    {
        if (history.Problem is { } problem) LogHistory(problem);
        file = Checked(file);
        if (file.Table is not null)
        {
            Take(file);
            return [];
        }

        if (state.LastGood() is not { } lastGood) return file.Errors;
        Serve(Live(history.Revision, lastGood));
        LogLastGood(options.Routes, history.Revision);
        Refuse(file);
        return [];
    }

    /// <summary>Makes a good file live. The same bytes as now change nothing, except that nothing is refused any more.</summary>
    public void Take(RoutesFileResult file)
    {
        var table = file.Table!;
        Volatile.Write(ref refused, null);
        if (current?.Table.Hash == table.Hash) return;

        var (_, who, why) = announcements.Take(table.Hash);
        var before = history.Problem;
        var revision = history.Record(table, who, why, clock.GetUtcNow());
        if (history.Problem is { } problem && problem != before) LogHistory(problem);
        Keep(file);
        Serve(Live(revision, table));
        LogLive(revision, table.Hash, table.Routes.Count, who, why);
    }

    /// <summary>Notes a bad file. What is live stays live.</summary>
    public void Refuse(RoutesFileResult file)
    {
        Volatile.Write(ref refused, new RefusedFile(file.Hash, clock.GetUtcNow(), file.Errors));
        LogRefused(options.Routes, file.Errors.Count, string.Join("; ", file.Errors.Take(20)));
    }

    /// <summary>A file that is valid by itself may still need what this facade was not given.</summary>
    public RoutesFileResult Checked(RoutesFileResult file) =>
        file.Table is not null && Missing(file.Table).ToList() is { Count: > 0 } missing ? file with { Table = null, Errors = missing } : file;

    private IEnumerable<RouteError> Missing(OwnershipTable table) => table.Branches?.Missing(options.Branch) is { } branch ? identity.Missing(table).Prepend(branch) : identity.Missing(table);

    private void Serve(LiveTable table)
    {
        Volatile.Write(ref current, table);
        exchanges.Take(table.Table);
    }

    private LiveTable Live(long revision, OwnershipTable table)
    {
        var addressed = table.WithAddresses(addresses).In(options.Branch);
        return new LiveTable(revision, clock.GetUtcNow(), addressed, plans.Of(addressed));
    }

    private void Keep(RoutesFileResult file)
    {
        try
        {
            state.KeepLastGood(file.Content);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // Only a later start with a broken file would miss it; traffic does not.
            LogNotKept(cause.Message);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Revision {Revision} is live: {Hash}, {Routes} routes, by {Who}: {Why}")]
    private partial void LogLive(long revision, string hash, int routes, string who, string why);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "{File} was refused with {Count} errors; what was live stays live. {Errors}")]
    private partial void LogRefused(string file, int count, string errors);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "{File} is broken; the last good table serves (revision {Revision})")]
    private partial void LogLastGood(string file, long revision);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "{Problem}")]
    private partial void LogHistory(string problem);

    [LoggerMessage(EventId = 5, Level = LogLevel.Error, Message = "The last good table could not be kept: {Reason}")]
    private partial void LogNotKept(string reason);
}
