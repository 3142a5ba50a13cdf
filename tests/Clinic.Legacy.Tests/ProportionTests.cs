using System.Text.RegularExpressions;
using Strangler.Tests.Servers;

namespace Clinic.Legacy.Tests;

/// <summary>The talk tells of models of 3k lines, views of about 3k and services of about 2.5k in one application. Ours is smaller and as fat.</summary>
public sealed partial class ProportionTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "legacy", "Clinic.Legacy");

    [Fact]
    public void Models_views_and_services_are_three_fat_units_in_the_proportion_of_the_talk()
    {
        double models = Lines("Models.cs"), views = Lines("Views.cs"), services = Lines("Services.cs");

        Assert.InRange(views / models, 0.8, 1.25);
        Assert.InRange(services / models, 0.7, 1.0);
        Assert.True(models + views + services > 0.7 * Directory.GetFiles(Folder, "*.cs").Sum(file => File.ReadAllLines(file).Length));
    }

    [Theory]
    [InlineData("Models.cs")]
    [InlineData("Views.cs")]
    [InlineData("Services.cs")]
    public void Rules_and_sql_are_smeared_over_all_three(string file)
    {
        var text = File.ReadAllText(Path.Combine(Folder, file));

        Assert.Matches(InlineSql(), text);
        Assert.Contains("GetSituacao()", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_have_no_foreign_keys_no_types_for_dates_and_no_trace_of_when_a_row_changed()
    {
        Assert.DoesNotMatch(ModernSql(), Models.Tabelas);
    }

    private static int Lines(string file) => File.ReadAllLines(Path.Combine(Folder, file)).Length;

    [GeneratedRegex("\"(select|update) ", RegexOptions.None)]
    private static partial Regex InlineSql();

    [GeneratedRegex(@"references|foreign|timestamp|\bdate\b|boolean|not null|updated|alterado", RegexOptions.IgnoreCase)]
    private static partial Regex ModernSql();
}
