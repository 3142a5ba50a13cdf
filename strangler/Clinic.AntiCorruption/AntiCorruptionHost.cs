namespace Clinic.AntiCorruption;

public static class AntiCorruptionHost
{
    public static WebApplication Create(string[] args) => WebApplication.CreateSlimBuilder(args).Build();
}
