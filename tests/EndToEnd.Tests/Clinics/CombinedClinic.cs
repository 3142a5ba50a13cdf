using System.Diagnostics;
using Strangler.Tests.Servers;

namespace EndToEnd.Tests.Clinics;

/// <summary>The clinic of the README's first command: one process, SQLite files, the in-process medium.</summary>
public sealed class CombinedClinic : RunningClinic
{
    private HostProcess? process;

    public override string LegacyStore => Store("legacy");

    public override string PeriodicalDatesStore => Store("periodical-dates");

    public override string AbsenteeismStore => Store("absenteeism");

    public override IReadOnlyList<string> Parts => ["clinic"];

    public override async Task StartAsync()
    {
        if (process is { HasExited: false }) return;
        process?.Dispose();
        process = HostProcess.Start(Built("Clinic.Combined"), "--data", DataFolder, "--port", $"{FirstPort}");
        await process.PrintsAsync("The clinic is ready.", TimeSpan.FromSeconds(60));
    }

    public override async Task KillAsync(string part) => await process!.KillAsync();

    protected override async Task StopAsync()
    {
        if (process is null) return;
        await process.InterruptAsync();
        process.Dispose();
    }

    private string Store(string name) => $"Data Source={Path.Combine(DataFolder, name + ".db")}";
}
