using System.Data.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Clinic.PeriodicalDates.Health;

/// <summary>Reads one row of our own: says that the store answers and has its schema.</summary>
internal sealed class StoreCheck(DbDataSource store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var connection = await store.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        // SQLite knows no asynchronous wait: its own limit has to end it.
        command.CommandTimeout = (int)HealthAnswer.Limit.TotalSeconds;
        command.CommandText = "select count(*) from (select 1 from periodical_exams limit 1) as one";
        await command.ExecuteScalarAsync(cancellationToken);
        return HealthCheckResult.Healthy("answers");
    }
}
