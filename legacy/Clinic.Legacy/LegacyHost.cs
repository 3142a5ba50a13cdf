namespace Clinic.Legacy;

public static class LegacyHost
{
    public static WebApplication Create(string[] args) => WebApplication.CreateSlimBuilder(args).Build();
}
