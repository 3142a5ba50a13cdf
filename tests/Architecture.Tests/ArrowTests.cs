using Strangler.Tests.Servers;

namespace Architecture.Tests;

/// <summary>Who may know whom. The list is the one of strangler/decisions/0001-the-house.md; a change of it is a decision.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Clinic.Legacy"] = [],
        ["Strangler.Identity"] = [],
        ["Strangler.Facade"] = ["Strangler.Identity"],
        ["Strangler.Messaging"] = [],
        ["Strangler.Telemetry"] = [],
        ["Strangler.AntiCorruption"] = ["Strangler.Messaging"],
        ["Strangler.Cli"] = ["Strangler.Facade", "Strangler.Messaging", "Strangler.AntiCorruption", "Strangler.Identity", "Strangler.Telemetry"],
        ["Clinic.Facade"] = ["Strangler.Facade", "Strangler.Telemetry"],
        ["Clinic.AntiCorruption"] = ["Strangler.AntiCorruption", "Strangler.Telemetry", "Clinic.Contracts"],
        ["Clinic.Combined"] = ["Clinic.Legacy", "Clinic.Facade", "Clinic.AntiCorruption", "Clinic.PeriodicalDates", "Clinic.Absenteeism"],
        ["Clinic.Contracts"] = [],
        ["Clinic.PeriodicalDates"] = ["Strangler.Messaging", "Strangler.Identity", "Strangler.Telemetry", "Clinic.Contracts"],
        ["Clinic.Absenteeism"] = ["Strangler.Messaging", "Strangler.Identity", "Strangler.Telemetry", "Clinic.Contracts"],
    };

    private static IEnumerable<ProjectFile> Product => ProjectFile.All.Where(project => !project.RelativePath.StartsWith("tests/", StringComparison.Ordinal));

    [Fact]
    public void Every_project_on_disk_points_only_where_the_house_allows()
    {
        var samples = Product.Where(IsSample).ToList();

        var strangers = Product.Except(samples).Where(project => !Arrows.ContainsKey(project.Name)).Select(project => project.RelativePath);
        var forbidden = Product.Except(samples)
            .SelectMany(project => project.References.Except(Arrows.GetValueOrDefault(project.Name, [])).Select(target => $"{project.Name} → {target}"));

        Assert.Empty(strangers);
        Assert.Empty(forbidden);
    }

    [Fact]
    public void A_sample_uses_the_public_libraries_and_no_clinic()
    {
        var forbidden = Product.Where(IsSample)
            .SelectMany(sample => sample.References.Where(target => !target.StartsWith("Strangler.", StringComparison.Ordinal)).Select(target => $"{sample.Name} → {target}"));

        Assert.Empty(forbidden);
    }

    [Fact]
    public void Nobody_references_the_legacy_but_the_process_that_hosts_everything()
    {
        var users = Product.Where(project => project.References.Contains("Clinic.Legacy")).Select(project => project.Name);

        Assert.Equal(["Clinic.Combined"], users);
    }

    [Fact]
    public void No_service_references_another_service()
    {
        string[] services = [.. Product.Where(project => project.RelativePath.StartsWith("services/", StringComparison.Ordinal) && project.Name != "Clinic.Contracts").Select(project => project.Name)];

        Assert.NotEmpty(services);
        Assert.All(services, service => Assert.Empty(ProjectFile.Named(service).References.Intersect(services)));
    }

    [Fact]
    public void The_tests_of_a_service_need_no_other_part_of_the_clinic()
    {
        foreach (var tests in ProjectFile.All.Where(project => project.Name is "Clinic.PeriodicalDates.Tests" or "Clinic.Absenteeism.Tests"))
        {
            var foreign = tests.References.Where(target => target.StartsWith("Clinic.", StringComparison.Ordinal) && target != tests.Name.Replace(".Tests", "", StringComparison.Ordinal));

            Assert.Empty(foreign);
        }
    }

    [Fact]
    public void The_solution_holds_every_project_on_disk()
    {
        var solution = File.ReadAllText(Repository.PathOf("Clinic.sln")).Replace('\\', '/');

        Assert.Empty(ProjectFile.All.Where(project => !solution.Contains($"\"{project.RelativePath}\"", StringComparison.Ordinal)).Select(project => project.RelativePath));
    }

    [Theory]
    [InlineData("Strangler.Facade", "Yarp.ReverseProxy")]
    [InlineData("Strangler.Facade", "Polly.Core")]
    [InlineData("Strangler.Messaging", "RabbitMQ.Client")]
    [InlineData("Strangler.Messaging", "Polly.Core")]
    [InlineData("Strangler.Messaging", "Dapper")]
    [InlineData("Strangler.AntiCorruption", "Npgsql")]
    [InlineData("Clinic.Legacy", "Dapper")]
    public void A_package_that_a_project_carries_is_used_by_its_code(string project, string package)
    {
        var space = package is "Polly.Core" ? "Polly" : package is "Yarp.ReverseProxy" ? "Yarp.ReverseProxy" : package;

        Assert.Contains(package, ProjectFile.Named(project).Packages);
        Assert.Contains(SourceFile.Of(ProjectFile.Named(project)), file => file.Text.Contains($"using {space}", StringComparison.Ordinal));
    }

    private static bool IsSample(ProjectFile project) => project.RelativePath.StartsWith("strangler/samples/", StringComparison.Ordinal);
}
