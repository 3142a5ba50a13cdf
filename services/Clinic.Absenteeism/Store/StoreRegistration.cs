using System.Data.Common;
using Microsoft.Extensions.Options;
using Strangler.Messaging;

namespace Clinic.Absenteeism.Store;

internal static class StoreRegistration
{
    public static IServiceCollection AddStore(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<StoreOptions>, StoreOptionsValidator>();
        services.AddOptions<StoreOptions>().BindConfiguration("ConnectionStrings").ValidateOnStart();
        return services.AddSingleton<DbDataSource>(provider =>
            new SchemaFirstStore(StoreDataSource.Create(provider.GetRequiredService<IOptions<StoreOptions>>().Value.Store)));
    }
}
