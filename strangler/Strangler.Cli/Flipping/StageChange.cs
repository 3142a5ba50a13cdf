using Strangler.Facade;

namespace Strangler.Cli.Flipping;

/// <summary>The new text of a file with one stage changed, or nothing to change.</summary>
internal sealed record StageChange(byte[] Before, byte[] After, StageSetting From, StageSetting To)
{
    public string Hash => RoutesText.HashOf(After);

    public bool Needed => From != To;

    /// <summary>Edits the characters of one stage, and of its share, and proves that the facade's validator takes the result.</summary>
    /// <exception cref="CommandFailedException">No such route, no JSON, or the result would be refused. Nothing was written.</exception>
    public static StageChange Of(RoutesText text, string route, Func<StageSetting, StageSetting?> target)
    {
        var before = text.Read();
        var (from, share) = SettingIn(before, route, text.Path);
        var to = target(from) ?? from;
        // A canary without a share of its own keeps the one in the file.
        if (to is { Stage: Stage.Canary, Share: null }) to = to with { Share = share };
        if (from == to) return new(before, before, from, to);

        var edit = StageEdit.SetStage(before, route, to.Stage, to.Share);
        if (edit.File is null) throw Refused(text.Path, edit.Errors);
        var result = RoutesFile.Parse(edit.File);
        if (result.Errors.Count > 0)
        {
            throw new CommandFailedException(
                ExitCode.Failed, $"'{text.Path}' would be refused with '{route}' in stage {to}, so nothing was written. {Count(result.Errors)}:", result.Errors);
        }

        return new(before, edit.File, from, to);
    }

    private static (StageSetting Setting, Share? Share) SettingIn(byte[] file, string route, string path)
    {
        // Writing any stage tells which one stood there.
        var probe = StageEdit.SetStage(file, route, Stage.Legacy);
        if (probe.Before is null) throw Refused(path, probe.Errors);
        if (StageWords.TryParse(probe.Before, out var stage)) return (new(stage, stage == Stage.Canary ? probe.ShareBefore : null), probe.ShareBefore);
        throw Refused(path, RoutesFile.Parse(file).Errors);
    }

    private static CommandFailedException Refused(string path, IReadOnlyList<RouteError> errors) =>
        new(ExitCode.Failed, $"'{path}' cannot be changed; nothing was written. {Count(errors)}:", errors);

    private static string Count(IReadOnlyList<RouteError> errors) => errors.Count == 1 ? "1 error" : $"{errors.Count} errors";
}
