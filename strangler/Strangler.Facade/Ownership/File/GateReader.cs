using System.Globalization;
using System.Text.Json;

namespace Strangler.Facade;

/// <summary>Reads the <c>gates</c> block of a route.</summary>
internal sealed class GateReader(RouteErrors errors)
{
    private static readonly TimeSpan LongestWindow = new(23, 59, 59);
    private static readonly TimeSpan MostPatience = TimeSpan.FromHours(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly string[] Failures = ["legacy", "previous", "pause"];
    private static readonly string[] Taken = ["errors", "latency", "mismatches"];
    private readonly ValueReader values = new(errors);

    /// <summary>The rule; null when there is none.</summary>
    public GateRule? Read(PlacedValue route)
    {
        if (route["gates"] is not { } block || !values.IsObject(block, "samples", "errors", "latency", "mismatches", "window", "onFailure", "signals", "dryRun")) return null;
        var otherwise = GateRule.Default;
        return new GateRule(
            values.Number(block, "samples", 1, 1_000_000, otherwise.Samples),
            Decimal(block, "errors", 0, 100, otherwise.Errors),
            Decimal(block, "latency", 0.1m, 100, otherwise.Latency),
            Decimal(block, "mismatches", 0, 100, otherwise.Mismatches),
            values.Flag(block, "dryRun"))
        {
            Window = values.Duration(block, "window", TimeSpan.FromSeconds(1), LongestWindow, otherwise.Window),
            OnFailure = (GateFailure)Array.IndexOf(Failures, values.Choice(block, "onFailure", Failures, Failures[0])),
            Signals = Signals(block),
        };
    }

    private List<GateSignal> Signals(PlacedValue block)
    {
        var signals = new List<GateSignal>();
        if (block["signals"] is not { } list) return signals;
        if (list.Kind != JsonValueKind.Object || list.Members.Count == 0)
        {
            errors.Add(list, "'signals' must name at least one.", "Write { \"lag\": { \"url\": \"http://host:port/lag\", \"value\": \"seconds_behind\", \"most\": 5 } }, or leave it out.");
            return signals;
        }

        values.NoTwins(list, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, start, signal) in list.Members)
        {
            if (Taken.Contains(name, StringComparer.OrdinalIgnoreCase)) errors.Add(start, signal.Path, null, $"'{name}' is a gate already.", "Give the signal another name.");
            else values.IsId(signal, name, "name of a signal");
            if (values.IsObject(signal, "url", "value", "most", "patience") && Signal(name, signal) is { } read) signals.Add(read);
        }

        return signals;
    }

    private GateSignal? Signal(string name, PlacedValue signal)
    {
        var url = values.Url(signal, "url", "http://127.0.0.1:8085/lag");
        var value = values.Text(signal, "value", "Add \"value\": \"seconds_behind\".");
        var most = Decimal(signal, "most", 0, 1_000_000_000_000, 0);
        if (signal["most"] is null) errors.AddMissing(signal, "most", "Add \"most\": 5.");
        var patience = values.Duration(signal, "patience", TimeSpan.Zero, MostPatience, Patience);
        return url is null || value is null ? null : new GateSignal(name, url, value, most, patience);
    }

    private decimal Decimal(PlacedValue block, string name, decimal least, decimal most, decimal otherwise)
    {
        if (block[name] is not { } value) return otherwise;
        if (value.Kind == JsonValueKind.Number && decimal.TryParse(value.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        errors.Add(value, string.Create(CultureInfo.InvariantCulture, $"'{name}' must be a number from {least} to {most}."), string.Create(CultureInfo.InvariantCulture, $"Write e.g. {otherwise}."));
        return otherwise;
    }
}
