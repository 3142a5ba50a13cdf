using System.Text;

namespace Strangler.Facade;

/// <summary>Collects what is wrong with one file and turns byte offsets into lines and columns.</summary>
internal sealed class RouteErrors(byte[] file)
{
    private readonly List<(int Start, RouteError Error)> errors = [];
    private readonly List<int> lines = Lines(file);

    public bool Any => errors.Count > 0;

    /// <summary>All errors, in the order of the file.</summary>
    public IReadOnlyList<RouteError> All => [.. errors.OrderBy(error => error.Start).Select(error => error.Error)];

    public void Add(PlacedValue at, string message, string cure) => Add(at.Start, at.Path, at.Text, message, cure);

    /// <summary>Something in the value is missing: points at the value, shows none.</summary>
    public void AddMissing(PlacedValue at, string name, string cure) => Add(at.Start, $"{at.Path}.{name}", null, $"'{name}' is missing.", cure);

    public void Add(int start, string path, string? value, string message, string cure)
    {
        var (line, column) = Place(start);
        errors.Add((start, new RouteError(line, column, path, value, message, cure)));
    }

    public int LineOf(PlacedValue value) => Place(value.Start).Line;

    public (int Line, int Column) Place(int start)
    {
        var line = lines.BinarySearch(start);
        if (line < 0) line = ~line - 1;
        var before = file.AsSpan(lines[line], start - lines[line]);
        if (line == 0 && before.StartsWith("\uFEFF"u8)) before = before[3..];
        return (line + 1, Encoding.UTF8.GetCharCount(before) + 1);
    }

    private static List<int> Lines(byte[] file)
    {
        List<int> starts = [0];
        for (var i = 0; i < file.Length; i++)
        {
            if (file[i] == '\n') starts.Add(i + 1);
        }

        return starts;
    }
}
