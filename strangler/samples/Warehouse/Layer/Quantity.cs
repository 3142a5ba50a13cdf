using System.Globalization;

namespace Warehouse.Layer;

/// <summary>"40PC", "3 DZ" or "2 GR" in pieces.</summary>
internal static class Quantity
{
    /// <returns>Pieces, 0 or more; null when it cannot be read.</returns>
    public static int? Read(string? text)
    {
        if (text is not { Length: > 2 }) return null;
        var unit = text[^2..] switch { "PC" => 1, "DZ" => 12, "GR" => 144, _ => 0 };
        return unit > 0 && int.TryParse(text[..^2].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue / unit
            ? number * unit
            : null;
    }
}
