namespace Clinic.PeriodicalDates;

public static class PeriodicalDatesHost
{
    public static WebApplication Create(string[] args) => WebApplication.CreateSlimBuilder(args).Build();
}
