namespace EndToEnd.Tests.Clinics;

/// <summary>The clinic of the README's first command: one process, SQLite files, the in-process medium.</summary>
public sealed class CombinedClinic : RunningClinic
{
    private readonly string[] options;
    private HostProcess? process;

    /// <summary>What the environment of its process has besides.</summary>
    internal Dictionary<string, string> Environment { get; } = [];

    public CombinedClinic()
        : this([])
    {
    }

    /// <summary>The same, with more options on its command line.</summary>
    internal CombinedClinic(params string[] options) => this.options = options;

    public static string Program => Built("Clinic.Combined");

    /// <summary>Everything that the running process has printed.</summary>
    public string Output => process!.Output;

    public override string LegacyStore => Store("legacy");

    public override string PeriodicalDatesStore => Store("periodical-dates");

    public override string AbsenteeismStore => Store("absenteeism");

    public override IReadOnlyList<string> Parts => ["clinic"];

    public override async Task StartAsync()
    {
        if (process is { HasExited: false }) return;
        process?.Dispose();
        process = HostProcess.Start(Program, Environment, ["--data", DataFolder, "--port", $"{FirstPort}", .. options]);
        await process.PrintsAsync("The clinic is ready.", TimeSpan.FromSeconds(60));
    }

    public override async Task KillAsync(string part) => await process!.KillAsync();

    /// <summary>Ctrl+C; its exit code.</summary>
    public async Task<int> InterruptAsync() => await process!.InterruptAsync();

    protected override async Task StopAsync()
    {
        if (process is null) return;
        await process.InterruptAsync();
        process.Dispose();
    }

    private string Store(string name) => $"Data Source={Path.Combine(DataFolder, name + ".db")}";
}
