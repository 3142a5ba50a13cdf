using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Strangler.Tests.Servers;

namespace EndToEnd.Tests.Clinics;

/// <summary>The clinic of ./distributed: PostgreSQL, RabbitMQ and every host its own process.</summary>
public sealed class DistributedClinic : RunningClinic
{
    public override string LegacyStore => Database("legacy");

    public override string PeriodicalDatesStore => Database("periodical_dates");

    public override string AbsenteeismStore => Database("absenteeism");

    public Uri Broker => new($"amqp://guest:guest@127.0.0.1:{FirstPort + 7}/");

    public override IReadOnlyList<string> Parts => ["anti-corruption", "periodical-dates", "rabbitmq", "postgres"];

    public override async Task StartAsync()
    {
        // The servers are its own, but a machine without them is one without these.
        TestServers.RequirePostgres();
        TestServers.RequireRabbitMq();
        var (exitCode, output) = await CommandAsync("up", "--port", $"{FirstPort}", "--no-build");
        Assert.True(exitCode == 0, $"./distributed up ended with {exitCode}:\n{output}");
    }

    /// <summary>Runs <c>./distributed VERB</c>; what it printed is output and errors in one.</summary>
    public async Task<(int ExitCode, string Output)> CommandAsync(string verb, params string[] options)
    {
        var start = new ProcessStartInfo(Repository.PathOf("distributed")) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[verb, "--data", DataFolder, .. options]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    public override async Task KillAsync(string part)
    {
        var processId = int.Parse((await File.ReadAllLinesAsync(Path.Combine(DataFolder, part, "pid")))[0], CultureInfo.InvariantCulture);
        using var process = Process.GetProcessById(processId);
        // Not the tree: .NET stops every process of a tree before it kills it, and runuser, PostgreSQL's parent, stops itself with its child.
        process.Kill();
        await process.WaitForExitAsync();
        NpgsqlConnection.ClearAllPools();
    }

    protected override async Task StopAsync()
    {
        var (exitCode, output) = await CommandAsync("down");
        Assert.True(exitCode == 0, $"./distributed down ended with {exitCode}:\n{output}");
    }

    private string Database(string name) => $"Host=127.0.0.1;Port={FirstPort + 6};Username=strangler;Database={name}";
}
