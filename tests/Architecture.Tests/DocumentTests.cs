using System.Text.RegularExpressions;
using Strangler.Tests.Servers;

namespace Architecture.Tests;

/// <summary>Documents are true: what they name exists.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents => ["README.md", "migration-plan.md", "strangler/README.md", "strangler/GLOSSARY.md", "strangler/Strangler.Messaging/README.md"];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_message_that_a_document_names_is_a_contract(string document)
    {
        var contracts = string.Concat(SourceFile.Below(Repository.PathOf("services", "Clinic.Contracts")).Select(file => file.Text));

        var missing = Named(document, Message()).Where(name => !contracts.Contains($"\"{name}\"", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_setting_that_a_document_names_is_read_by_some_code(string document)
    {
        var code = string.Concat(
            ProjectFile.All.Where(project => !project.RelativePath.StartsWith("tests/", StringComparison.Ordinal)).SelectMany(SourceFile.Of).Select(file => file.Text));

        var missing = Named(document, Setting()).Where(setting => !code.Contains($"\"{setting}\"", StringComparison.Ordinal) && !IsBound(setting));

        Assert.Empty(missing);

        // Options classes bind a section: then its name and each member below it stand apart.
        bool IsBound(string setting)
        {
            var parts = setting.Split(':');
            return code.Contains($"\"{parts[0]}\"", StringComparison.Ordinal)
                && parts[1..].All(part => Regex.IsMatch(code, $@"\b{part} \{{ get;") || part.All(char.IsUpper));
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_script_folder_and_linked_file_that_a_document_names_exists(string document)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(document))!;
        var links = Link().Matches(Text(document)).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal))
            .Select(link => Path.Combine(folder, link.Split('#')[0]));
        var places = Place().Matches(Text(document)).Select(match => Repository.PathOf(match.Value.TrimStart('.').TrimStart('/')));

        var missing = links.Concat(places).Where(path => !Path.Exists(path));

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_route_that_the_plan_flips_is_in_the_clinics_routes_file()
    {
        var routes = File.ReadAllText(Repository.PathOf("strangler", "Clinic.Facade", "routes.json"));
        string[] named = [.. Route().Matches(Text("migration-plan.md")).Select(match => match.Groups[1].Value).Distinct()];

        Assert.Contains("periodicals", named);
        var missing = named.Where(route => !routes.Contains($"\"id\": \"{route}\"", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_test_that_the_plan_names_exists()
    {
        var tests = string.Concat(SourceFile.Below(Repository.PathOf("tests")).Select(file => file.Text));

        var missing = Regex.Matches(Text("migration-plan.md"), @"FullyQualifiedName~(\w+)").Select(match => match.Groups[1].Value)
            .Where(name => !tests.Contains($"class {name}", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    [Fact]
    public void No_file_of_the_repository_carries_the_path_of_one_machine()
    {
        var text = new[] { "*.md", "*.cs", "*.sh", "*.json", "*.props" }.SelectMany(pattern => Directory.EnumerateFiles(Repository.Root, pattern, SearchOption.AllDirectories))
            .Where(path => !Path.GetRelativePath(Repository.Root, path).StartsWith("artifacts", StringComparison.Ordinal)
                && !Path.GetRelativePath(Repository.Root, path).StartsWith("data", StringComparison.Ordinal));

        var missing = text.Where(path => MachinePath().IsMatch(File.ReadAllText(path))).Select(path => Path.GetRelativePath(Repository.Root, path));

        Assert.Empty(missing);
    }

    private static string Text(string document) => File.ReadAllText(Repository.PathOf(document));

    private static IEnumerable<string> Named(string document, Regex pattern) => pattern.Matches(Text(document)).Select(match => match.Value).Distinct();

    [GeneratedRegex(@"\bclinic\.[a-z-]+\.[a-z-]+\.v\d+\b")]
    private static partial Regex Message();

    [GeneratedRegex(@"\b(?:Legacy|Facade|Identity|Messaging|AntiCorruption|ConnectionStrings)(?::[A-Z][A-Za-z]+)+\b")]
    private static partial Regex Setting();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<![\w/.-])(?:\./(?:test|distributed)\b|(?:legacy|strangler|services|tests)/[A-Za-z.]*[A-Za-z](?:/[A-Za-z.]*[A-Za-z])*)")]
    private static partial Regex Place();

    [GeneratedRegex(@"(?:\b(?:flip|rollback|history) |[Rr]oute )`?([a-z]{2,}(?:-[a-z]+)*)\b(?=`| --)")]
    private static partial Regex Route();

    [GeneratedRegex(@"/wor[k]/|/roo[t]/|/hom[e]/[a-z]+/")]
    private static partial Regex MachinePath();
}
