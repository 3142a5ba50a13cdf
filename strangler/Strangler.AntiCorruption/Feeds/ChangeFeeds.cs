using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Strangler.AntiCorruption;

/// <summary>Chooses the feed by the connection string: PostgreSQL when it names a host, the trigger log when it names an SQLite file.</summary>
internal static class ChangeFeeds
{
    public static IChangeFeed Create(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<AntiCorruptionOptions>>().Value;
        var clock = services.GetRequiredService<TimeProvider>();
        var loggers = services.GetRequiredService<ILoggerFactory>();
        if (IsPostgres(options.SourceConnection))
        {
            return new PostgresChangeFeed(
                options.SourceConnection,
                new()
                {
                    Slot = options.Slot,
                    Publication = options.Publication,
                    HeartbeatInterval = options.HeartbeatInterval,
                },
                clock,
                loggers.CreateLogger<PostgresChangeFeed>());
        }

        return new TriggerLogFeed(
            options.SourceConnection,
            new() { LogName = options.LogName, PollInterval = options.PollInterval },
            clock,
            loggers.CreateLogger<TriggerLogFeed>());
    }

    public static bool IsPostgres(string connectionString) =>
        new DbConnectionStringBuilder { ConnectionString = connectionString }.ContainsKey("Host");
}
