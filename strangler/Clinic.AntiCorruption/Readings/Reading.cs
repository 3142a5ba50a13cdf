namespace Clinic.AntiCorruption.Readings;

/// <summary>
/// What one legacy cell was understood to mean: a value, nothing, or a refusal; with the codes of whatever had to be assumed or could
/// not be understood. There is no default: a cell that means nothing says so, and a translator has to ask.
/// </summary>
internal sealed class Reading<T>
{
    private readonly T? value;

    private Reading(bool isKnown, T? value, IReadOnlyList<string> warnings, Refusal? refusal)
    {
        IsKnown = isKnown;
        this.value = value;
        Warnings = warnings;
        Refusal = refusal;
    }

    public bool IsKnown { get; }

    /// <summary>Only where <see cref="IsKnown"/>.</summary>
    public T Value => IsKnown ? value! : throw new InvalidOperationException($"The cell has no value; it is {this}.");

    /// <summary>Short codes, such as <c>two-digit-year</c>; never the cell itself.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Why the whole row has to wait; null when it need not.</summary>
    public Refusal? Refusal { get; }

    public static Reading<T> Known(T value, params IReadOnlyList<string> warnings) => new(true, value, warnings, null);

    /// <summary>The cell is empty and may be.</summary>
    public static Reading<T> Missing() => new(false, default, [], null);

    /// <summary>Something is written there that means nothing certain.</summary>
    public static Reading<T> Unknown(string warning) => new(false, default, [warning], null);

    /// <summary>Something is written there without which the row cannot be told.</summary>
    public static Reading<T> Refused(string rule, string reason) => new(false, default, [], new(rule, reason));

    public override string ToString()
    {
        var what = this switch
        {
            { Refusal: { } refusal } => $"refused {refusal.Rule}: {refusal.Reason}",
            { IsKnown: true } => value is DateOnly day ? day.ToString("yyyy-MM-dd", null) : $"{value}",
            { Warnings.Count: 0 } => "missing",
            _ => "unknown",
        };

        return string.Join(" !", [what, .. Warnings]);
    }
}

/// <summary>Why a row has to wait.</summary>
/// <param name="Rule">Short code, for example <c>X4.unknown-status</c>.</param>
/// <param name="Reason">What is wrong with which cell; no personal data.</param>
internal sealed record Refusal(string Rule, string Reason);
