namespace Clinic.Absenteeism;

public static class AbsenteeismHost
{
    public static WebApplication Create(string[] args) => WebApplication.CreateSlimBuilder(args).Build();
}
