using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using EndToEnd.Tests.Clinics;
using Strangler.Tests.Servers;

namespace EndToEnd.Tests;

/// <summary>The README's first command, as somebody meets it who has just cloned the repository.</summary>
public sealed partial class CombinedCommandTests(CombinedClinic clinic) : IClassFixture<CombinedClinic>
{
    [Fact]
    public async Task Every_command_that_it_prints_works_as_printed()
    {
        var printed = clinic.Output[clinic.Output.IndexOf("Worth trying", StringComparison.Ordinal)..];
        string[] commands = [.. printed.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("curl ", StringComparison.Ordinal) || line.StartsWith("dotnet ", StringComparison.Ordinal))];

        Assert.Equal(5, commands.Length);
        foreach (var command in commands)
        {
            // The tests were built before: the tool need not be built once more, in a folder that others are reading.
            var (exitCode, output) = await ShellAsync(command.Replace("dotnet run ", "dotnet run --no-build ", StringComparison.Ordinal));
            Assert.True(exitCode == 0, $"'{command}' ended with {exitCode}:\n{output}");
        }
    }

    [Fact]
    public async Task It_prints_what_listens_where_and_each_of_them_answers()
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        string[] names = ["facade", "admin", "legacy", "periodical-dates", "absenteeism", "anti-corruption"];
        foreach (var name in names)
        {
            var address = Regex.Match(clinic.Output, $@"^  {name} +(http://\S+)", RegexOptions.Multiline).Groups[1].Value;
            using var answer = await client.GetAsync(new Uri(address + (name is "facade" or "legacy" ? "/login/" : "/health")));
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{name} at {address} answers {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }

        Assert.Contains("maria / senha123", clinic.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_start_goes_on_with_the_data_of_the_last()
    {
        await using var own = new CombinedClinic();
        await own.StartAsync();
        using (var user = await ClinicUser.LoggedInAsync(own.Facade))
        {
            await Tool.FlipAsync(own, "periodicals", "service");
            Assert.Equal(200, (await user.GetAsync("/periodicos/")).Status);
            var exitCode = await own.InterruptAsync();
            await own.StartAsync();

            var after = await user.GetAsync("/periodicos/");

            Assert.Equal(0, exitCode);
            Assert.Equal(200, after.Status);
            Assert.Contains("\"stage\": \"service\"", await File.ReadAllTextAsync(own.RoutesFile), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("strangler/Clinic.Combined")]
    [InlineData("strangler/samples/Warehouse")]
    public async Task Typed_as_the_README_says_its_data_is_below_the_folder_where_it_was_typed(string project)
    {
        var folder = NewFolder();

        var (exitCode, output) = await ShellAsync($"cd '{folder}' && dotnet msbuild '{Repository.PathOf(project)}' -getProperty:RunWorkingDirectory");

        Assert.Equal((0, folder), (exitCode, output.Trim()));
    }

    [Fact]
    public async Task Every_host_tells_one_collector_and_each_thing_once()
    {
        await using var collector = await Collector.StartAsync();
        await using var own = new CombinedClinic
        {
            Environment = { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_SERVICE_NAME"] = "clinic", ["OTEL_METRIC_EXPORT_INTERVAL"] = "500" },
        };
        await own.StartAsync();
        using var client = new HttpClient { BaseAddress = own.Facade };
        for (var i = 0; i < 3; i++) Assert.True((await client.GetAsync("/login/")).IsSuccessStatusCode);
        await Wait.UntilAsync(() => collector.Counter("strangler.anticorruption.changes").Count > 0, "the layer tells what it did");

        await own.InterruptAsync();

        Assert.Equal(["clinic"], collector.Services);
        Assert.Equal(3, collector.Counter("strangler.facade.requests").Values.Sum());
        Assert.True(collector.Counter("strangler.messaging.applied").Values.Sum() > 0);
    }

    [Fact]
    public async Task A_service_lets_in_the_operator_who_has_the_token_of_the_data_folder()
    {
        string[] asked = ["parked", "list", "--service", clinic.Absenteeism.OriginalString];

        var without = await Tool.RunAsync(asked);
        var with = await Tool.RunAsync([.. asked, "--token", Path.Combine(clinic.DataFolder, "operator-token")]);

        Assert.Equal(1, without.ExitCode);
        Assert.Equal((0, ""), (with.ExitCode, with.Errors));
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_line_and_a_failure()
    {
        var port = RunningClinic.FreePorts();
        using var squatter = new TcpListener(IPAddress.Loopback, port);
        squatter.Start();

        await AssertRefusedAsync(1, $"combined: in use by another program: port {port} (facade); stop it or choose other ports with --port", "--port", $"{port}", "--data", NewFolder());
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_written_is_one_clear_line_and_a_failure()
    {
        var file = Path.GetTempFileName();

        var line = await RefusedLineAsync(1, "--data", Path.Combine(file, "data"), "--port", $"{RunningClinic.FreePorts()}");

        Assert.StartsWith($"combined: the data folder '{file}/data' cannot be used (", line, StringComparison.Ordinal);
        Assert.EndsWith("choose another with --data", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_in_use_is_one_clear_line_and_a_failure() =>
        await AssertRefusedAsync(
            1, $"combined: the data folder '{clinic.DataFolder}' is in use by another clinic; stop it or choose another with --data", "--data", clinic.DataFolder, "--port", $"{RunningClinic.FreePorts()}");

    [Fact]
    public async Task Wrong_arguments_are_all_named_at_once()
    {
        using var process = HostProcess.Start(CombinedClinic.Program, "--port", "80", "--rabbitmq", "localhost");

        var exitCode = await process.ExitsAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(2, exitCode);
        Assert.Equal(
            ["combined: '80' is no port; --port takes 1024 to 65530", "combined: --rabbitmq takes a URI like amqp://user:password@host:5672/"],
            process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_broken_routes_file_at_the_first_start_is_refused_with_its_errors_and_no_stack_trace()
    {
        var folder = NewFolder();
        await File.WriteAllTextAsync(Path.Combine(folder, "routes.json"), "{ \"routes\": 3 }");

        using var process = HostProcess.Start(CombinedClinic.Program, "--data", folder, "--port", $"{RunningClinic.FreePorts()}");
        var exitCode = await process.ExitsAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(1, exitCode);
        Assert.Contains("routes", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_process_runs_on_PostgreSQL_and_RabbitMQ()
    {
        await using var postgres = await PrivatePostgres.StartNewAsync();
        await using var rabbitMq = await PrivateRabbitMq.StartNewAsync();
        await using var own = new CombinedClinic("--postgres", postgres.Address, "--rabbitmq", rabbitMq.Address);
        await own.StartAsync();
        using var user = await ClinicUser.LoggedInAsync(own.Facade);
        var before = await user.GetAsync("/periodicos/");
        await Lag.UntilBackfilledAsync(own);

        await Tool.FlipAsync(own, "periodicals", "service");

        await Wait.UntilAsync(async () => (await user.GetAsync("/periodicos/")).Body.AsSpan().SequenceEqual(before.Body), "the service shows what legacy showed");
    }

    private static async Task AssertRefusedAsync(int exitCode, string line, params string[] arguments) =>
        Assert.Equal(line, await RefusedLineAsync(exitCode, arguments));

    private static async Task<string> RefusedLineAsync(int expectedExitCode, params string[] arguments)
    {
        using var process = HostProcess.Start(CombinedClinic.Program, arguments);
        var exitCode = await process.ExitsAsync(TimeSpan.FromSeconds(20));
        Assert.True(exitCode == expectedExitCode, $"It ended with {exitCode}:\n{process.Output}");
        return Assert.Single(process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static string NewFolder() => Directory.CreateTempSubdirectory("strangler-command-").FullName;

    private static async Task<(int ExitCode, string Output)> ShellAsync(string command)
    {
        var start = new ProcessStartInfo("bash") { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command);
        using var shell = Process.Start(start)!;
        var errors = shell.StandardError.ReadToEndAsync();
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return (shell.ExitCode, output + await errors);
    }
}
