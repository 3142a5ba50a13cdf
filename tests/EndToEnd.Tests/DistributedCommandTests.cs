using System.Text.RegularExpressions;
using EndToEnd.Tests.Clinics;

namespace EndToEnd.Tests;

/// <summary>./distributed up, status and down, as they are typed.</summary>
public sealed partial class DistributedCommandTests(DistributedClinic clinic) : IClassFixture<DistributedClinic>
{
    private static readonly string[] Processes = ["postgres", "rabbitmq", "legacy", "periodical-dates", "absenteeism", "anti-corruption", "facade"];

    [Fact]
    public async Task Status_names_process_port_and_health_and_tells_by_its_exit_code_when_one_is_down()
    {
        var (exitCode, output) = await clinic.CommandAsync("status");
        Assert.Equal(0, exitCode);
        Assert.Equal(Processes, Line().Matches(output).Select(line => line.Groups["process"].Value));
        Assert.All(Line().Matches(output), line => Assert.Contains(line.Groups["health"].Value, (string[])["listening", "healthy"]));

        await clinic.KillAsync("absenteeism");
        (exitCode, output) = await clinic.CommandAsync("status");
        Assert.Equal(1, exitCode);
        Assert.Equal("absenteeism", Assert.Single(Line().Matches(output), line => line.Groups["health"].Value == "down").Groups["process"].Value);

        await clinic.StartAsync();
        (exitCode, _) = await clinic.CommandAsync("status");
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task Down_leaves_no_process_behind_and_up_goes_on_with_its_data()
    {
        await StoredRows.AssertEqualAsync(clinic);
        var rows = (await StoredRows.OfServicesAsync(clinic)).Order().ToList();

        var (exitCode, output) = await clinic.CommandAsync("down");
        Assert.True(exitCode == 0, output);
        Assert.Empty(clinic.PortsInUse());
        (exitCode, _) = await clinic.CommandAsync("status");
        Assert.Equal(1, exitCode);

        await clinic.StartAsync();
        Npgsql.NpgsqlConnection.ClearAllPools();
        Assert.Equal(rows, (await StoredRows.OfServicesAsync(clinic)).Order());
    }

    [Theory]
    [InlineData("sideways", "./distributed up")]
    [InlineData("up --port 80", "'80' is no port; --port takes 1024 to 65528")]
    [InlineData("status --data /proc/nowhere", "the data folder '/proc/nowhere' cannot be made; choose another with --data")]
    public async Task A_wrong_word_is_one_clear_answer(string words, string answer)
    {
        var (exitCode, output) = await clinic.CommandAsync(words.Split(' ')[0], words.Split(' ')[1..]);
        Assert.NotEqual(0, exitCode);
        Assert.Contains(answer, output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^(?<process>[a-z-]+) +(?<pid>[0-9]+|-) +(?<port>[0-9]{4,5}) +(?<health>[a-z]+)$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
