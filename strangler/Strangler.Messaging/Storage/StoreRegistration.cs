using System.Data.Common;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Strangler.Messaging;

/// <summary>A service's own store, by connection string.</summary>
public static class StoreRegistration
{
    /// <summary>
    /// Adds the store that <c>ConnectionStrings:Store</c> names (<c>Data Source=FILE</c> is SQLite, <c>Host=…</c> PostgreSQL) as the
    /// <see cref="DbDataSource"/>, checked at start. Its first connection brings the schema, so the service may start before its store does.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="schema">
    /// Carries the schema as embedded resources named <c>NNN_name.sql</c>, or <c>NNN_name.postgresql.sql</c> for PostgreSQL alone; each runs once,
    /// in the order of the names. A file that has run is never changed: the next change is the next file.
    /// </param>
    public static IServiceCollection AddStore(this IServiceCollection services, Assembly schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        services.AddSingleton<IValidateOptions<StoreOptions>, StoreOptionsValidator>();
        services.AddOptions<StoreOptions>().BindConfiguration("ConnectionStrings").ValidateOnStart();
        return services.AddSingleton<DbDataSource>(provider =>
            new SchemaFirstStore(StoreDataSource.Create(provider.GetRequiredService<IOptions<StoreOptions>>().Value.Store), schema));
    }

    /// <summary>Adds the health check <c>store</c>: one row of a table is read, within <see cref="HealthEndpoint.Limit"/>.</summary>
    /// <param name="checks">The host's health checks.</param>
    /// <param name="table">A table of the service's own, written as in SQL; never text from outside.</param>
    public static IHealthChecksBuilder AddStoreCheck(this IHealthChecksBuilder checks, string table)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(table);
        return checks.AddTypeActivatedCheck<StoreCheck>("store", failureStatus: null, tags: [], HealthEndpoint.Limit, table);
    }
}
