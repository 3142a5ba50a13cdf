using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;
using Strangler.Facade;

namespace Strangler.Cli.Terminal;

/// <summary>Where a command shows its result: as text for people, or with --json as one document. In each mode the other's calls do nothing.</summary>
internal sealed class Screen(TextWriter output, TextWriter error, bool json)
{
    /// <summary>How the tool reads and writes JSON: the same as the admin endpoints.</summary>
    public static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        // JSON of somebody else's is told apart from an answer, instead of being read as one that is full of nothing.
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    // Nobody reads more before correcting the first.
    private const int MostErrors = 100;

    // One row is one line, however long: a terminal breaks it at its edge, which is easier to read than words broken inside columns.
    private const int Unbounded = 10_000;

    /// <summary>True when a program reads the output.</summary>
    public bool IsJson => json;

    /// <summary>One line of text.</summary>
    public void Line(string text = "")
    {
        if (!json) output.WriteLine(text);
    }

    /// <summary>The JSON document.</summary>
    public void Json<T>(T value)
    {
        if (json) output.WriteLine(JsonSerializer.Serialize(value, JsonOptions));
    }

    /// <summary>A table without lines, so that it can be piped to grep and awk.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (json) return;
        var table = new Table { Border = TableBorder.None };
        foreach (var column in columns) table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))) { NoWrap = true, Padding = new(0, 0, 2, 0) });
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(cell)));

        using var drawn = new StringWriter();
        var terminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(drawn), Ansi = terminal ? AnsiSupport.Yes : AnsiSupport.No, Interactive = InteractionSupport.No });
        console.Profile.Width = Unbounded;
        console.Write(table);
        foreach (var line in drawn.ToString().TrimEnd().Split('\n')) output.WriteLine(line.TrimEnd());
    }

    /// <summary>What is wrong with a routes.json, one place after the other, in the form that editors make clickable.</summary>
    public void Errors(string file, IReadOnlyList<RouteError> errors)
    {
        if (!json) WriteErrors(output, file, errors);
    }

    /// <summary>The end of a command that failed: to standard error, or as the JSON document.</summary>
    public void Fail(CommandFailedException failure)
    {
        Json(new { Failure = failure.Code.ToString().ToLowerInvariant(), failure.Message, failure.Errors });
        if (json) return;
        error.WriteLine(failure.Message);
        WriteErrors(error, "", failure.Errors);
    }

    private static void WriteErrors(TextWriter writer, string file, IReadOnlyList<RouteError> errors)
    {
        foreach (var fault in errors.Take(MostErrors))
        {
            var place = file.Length > 0 ? $"{file}:{fault.Line}:{fault.Column}" : $"line {fault.Line}, column {fault.Column}";
            writer.WriteLine($"  {place}  {fault.Path}{(fault.Value is null ? "" : $" = {JsonSerializer.Serialize(fault.Value, JsonOptions)}")}");
            writer.WriteLine($"    {fault.Message} {fault.Cure}");
        }

        if (errors.Count > MostErrors) writer.WriteLine($"  and {errors.Count - MostErrors} more; --json has them all.");
    }
}
