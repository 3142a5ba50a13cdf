namespace Clinic.Facade;

public static class FacadeHost
{
    public static WebApplication Create(string[] args) => WebApplication.CreateSlimBuilder(args).Build();
}
