using System.Text.RegularExpressions;
using Strangler.Tests.Servers;

namespace Architecture.Tests;

/// <summary>Words that may not appear where they would show that a wall has a hole.</summary>
public sealed partial class WordTests
{
    private static readonly string[] Drawers = ["Common", "Core", "Shared", "Utils", "Utilities", "Helpers", "Misc"];

    [Fact]
    public void No_folder_is_a_drawer()
    {
        var drawers = ProjectFile.All.SelectMany(project => Directory.EnumerateDirectories(project.Folder, "*", SearchOption.AllDirectories))
            .Where(folder => Drawers.Contains(Path.GetFileName(folder)));

        Assert.Empty(drawers);
        Assert.Empty(ProjectFile.All.Where(project => project.Name.Split('.').Intersect(Drawers).Any()).Select(project => project.Name));
    }

    [Fact]
    public void The_toolkit_knows_no_clinic()
    {
        var toolkit = Directory.EnumerateDirectories(Repository.PathOf("strangler"), "Strangler.*").SelectMany(SourceFile.Below);

        Assert.Empty(toolkit.Where(file => ClinicInCode().IsMatch(WithoutComments(file.Text))).Select(file => file.RelativePath));
    }

    [Fact]
    public void Legacy_tables_and_columns_are_spelled_by_the_translators_and_nowhere_else_in_the_new_world()
    {
        var translators = Repository.PathOf("strangler", "Clinic.AntiCorruption");
        var newWorld = SourceFile.Below(Repository.PathOf("services")).Concat(
            Directory.EnumerateDirectories(Repository.PathOf("strangler")).Where(folder => folder != translators).SelectMany(SourceFile.Below));

        Assert.Empty(newWorld.Where(file => LegacyWord().IsMatch(file.Text)).Select(file => file.RelativePath));
    }

    [Fact]
    public void Time_comes_from_a_clock_that_a_test_can_set()
    {
        var product = ProjectFile.All.Where(project => !project.RelativePath.StartsWith("tests/", StringComparison.Ordinal) && project.Name != "Clinic.Legacy").SelectMany(SourceFile.Of);

        Assert.Empty(product.Where(file => WallClock().IsMatch(file.Text)).Select(file => file.RelativePath));
    }

    private static string WithoutComments(string code) => Comment().Replace(code, "");

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bclinic|\bpatients?\b|\bperiodic(al|os)|absente", RegexOptions.IgnoreCase)]
    private static partial Regex ClinicInCode();

    [GeneratedRegex(@"\bsite_[a-z]+|dias_venc|dt_ult_exame|unificado_em|dt_excl|empresa_nome|nome_busca|data_nasc|cid_txt|dias_txt|crm_txt|emissor_txt")]
    private static partial Regex LegacyWord();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Now|UtcNow|Today)\b")]
    private static partial Regex WallClock();
}
