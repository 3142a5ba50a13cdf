using Strangler.Facade;
using Strangler.Telemetry;

namespace Clinic.Facade;

/// <summary>The clinic's facade: the toolkit's, with the clinic's routes.json beside it.</summary>
public static class FacadeHost
{
    /// <summary>Builds it, not yet started.</summary>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.AddStranglerFacade();
        builder.Services.AddStranglerTelemetry("facade");
        return builder.Build().UseStranglerFacade();
    }
}
