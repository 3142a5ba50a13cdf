using System.Globalization;
using Microsoft.OpenApi;

namespace Clinic.PeriodicalDates.Api;

/// <summary>The whole numbers that a value may be, both ends included.</summary>
internal readonly record struct WholeNumbers(int Least, int Most)
{
    public OpenApiSchema Schema => new()
    {
        Type = JsonSchemaType.Integer,
        Format = "int32",
        Minimum = Least.ToString(CultureInfo.InvariantCulture),
        Maximum = Most.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Plain digits, nothing before, between or after them.</summary>
    public bool TryRead(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= Least && value <= Most;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Least} to {Most}");
}
