namespace Strangler.Facade;

/// <summary>A stage, and the share of its users where it has one.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Share">The share in stage canary; null in the others, and for a route that follows another.</param>
public readonly record struct StageSetting(Stage Stage, Share? Share)
{
    /// <summary>As the history has it: the stage's word, and the share behind it, e.g. <c>legacy</c> or <c>canary 12.5</c>.</summary>
    public override string ToString() => Share is { } share ? $"{Stage.Word()} {share}" : Stage.Word();

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <returns>False when it is neither a stage nor a stage with a share.</returns>
    public static bool TryParse(string text, out StageSetting setting)
    {
        ArgumentNullException.ThrowIfNull(text);
        setting = default;
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        if (!StageWords.TryParse(space < 0 ? text : text[..space], out var stage)) return false;
        Share share = default;
        if (space >= 0 && !Facade.Share.TryParse(text[(space + 1)..], out share)) return false;
        setting = new StageSetting(stage, space < 0 ? null : share);
        return true;
    }
}
