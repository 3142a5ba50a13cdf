using System.Data.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Strangler.Messaging;

/// <summary>Reads one row of the service's own: says that the store answers and has its schema.</summary>
internal sealed class StoreCheck(DbDataSource store, string table) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var connection = await store.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        // SQLite knows no asynchronous wait: its own limit has to end it.
        command.CommandTimeout = (int)HealthEndpoint.Limit.TotalSeconds;
        command.CommandText = $"select count(*) from (select 1 from {table} limit 1) as one";
        await command.ExecuteScalarAsync(cancellationToken);
        return HealthCheckResult.Healthy("answers");
    }
}
