using System.Globalization;
using System.Text;

namespace Clinic.Combined;

/// <summary>What is printed when everything answers.</summary>
internal static class Welcome
{
    public static string Text(CombinedArguments arguments, Listeners listeners)
    {
        var text = new StringBuilder().AppendLine().AppendLine("The clinic is ready.").AppendLine();
        foreach (var (name, address) in listeners.All) text.AppendLine(CultureInfo.InvariantCulture, $"  {name,-18} {address}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  {"data",-18} {arguments.DataFolder}")
            .AppendLine(CultureInfo.InvariantCulture, $"  {"login",-18} maria / senha123").AppendLine()
            .AppendLine("Worth trying, in another terminal:").AppendLine();
        foreach (var command in Commands(listeners)) text.AppendLine(CultureInfo.InvariantCulture, $"  {command}");
        return text.AppendLine().Append("Ctrl+C stops it; the next start goes on with the same data.").ToString();
    }

    private static IEnumerable<string> Commands(Listeners listeners)
    {
        const string tool = "dotnet run --project strangler/Strangler.Cli --";
        yield return $"curl -i {listeners.Facade}/periodicos/";
        yield return $"{tool} explain GET /periodicos/ --admin {listeners.Admin}";
        yield return $"{tool} flip periodicals --to service --why \"first flip\" --admin {listeners.Admin}";
        yield return $"{tool} rollback periodicals --why \"and back\" --admin {listeners.Admin}";
        yield return $"{tool} lag --acl {listeners.AntiCorruption}";
    }
}
