using System.Globalization;
using System.Text.Json;

namespace Strangler.Facade;

/// <summary>Reads the <c>gates</c> block of a route.</summary>
internal sealed class GateReader(RouteErrors errors)
{
    private readonly ValueReader _values = new(errors);

    /// <summary>The rule; null when there is none.</summary>
    public GateRule? Read(PlacedValue route)
    {
        if (route["gates"] is not { } block || !_values.IsObject(block, "samples", "errors", "latency", "mismatches", "dryRun")) return null;
        var otherwise = GateRule.Default;
        if (block["dryRun"] is { Kind: not (JsonValueKind.True or JsonValueKind.False) } dry) errors.Add(dry, "'dryRun' must be true or false.", "Leave it out for false.");
        return new GateRule(
            _values.Number(block, "samples", 1, 1_000_000, otherwise.Samples),
            Decimal(block, "errors", 0, 100, otherwise.Errors),
            Decimal(block, "latency", 0.1m, 100, otherwise.Latency),
            Decimal(block, "mismatches", 0, 100, otherwise.Mismatches),
            block["dryRun"]?.Kind == JsonValueKind.True);
    }

    private decimal Decimal(PlacedValue block, string name, decimal least, decimal most, decimal otherwise)
    {
        if (block[name] is not { } value) return otherwise;
        if (value.Kind == JsonValueKind.Number && decimal.TryParse(value.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        errors.Add(value, string.Create(CultureInfo.InvariantCulture, $"'{name}' must be a number from {least} to {most}."), string.Create(CultureInfo.InvariantCulture, $"Write e.g. {otherwise}."));
        return otherwise;
    }
}
