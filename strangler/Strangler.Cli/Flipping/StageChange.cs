using Strangler.Facade;

namespace Strangler.Cli.Flipping;

/// <summary>The new text of a file with one stage changed, or nothing to change.</summary>
internal sealed record StageChange(byte[] Before, byte[] After, Stage From, Stage To)
{
    public string Hash => RoutesText.HashOf(After);

    public bool Needed => From != To;

    /// <summary>Edits the characters of one stage and proves that the facade's validator takes the result.</summary>
    /// <exception cref="CommandFailedException">No such route, no JSON, or the result would be refused. Nothing was written.</exception>
    public static StageChange Of(RoutesText text, string route, Func<Stage, Stage?> target)
    {
        var before = text.Read();
        var from = StageIn(before, route, text.Path);
        var to = target(from) ?? from;
        if (from == to) return new(before, before, from, to);

        var edit = StageEdit.SetStage(before, route, to);
        if (edit.File is null) throw Refused(text.Path, edit.Errors);
        var result = RoutesFile.Parse(edit.File);
        if (result.Errors.Count > 0)
        {
            throw new CommandFailedException(
                ExitCode.Failed, $"'{text.Path}' would be refused with '{route}' in stage {to.Word()}, so nothing was written. {Count(result.Errors)}:", result.Errors);
        }

        return new(before, edit.File, from, to);
    }

    private static Stage StageIn(byte[] file, string route, string path)
    {
        // Writing any stage tells which one stood there.
        var probe = StageEdit.SetStage(file, route, Stage.Legacy);
        if (probe.Before is null) throw Refused(path, probe.Errors);
        if (StageWords.TryParse(probe.Before, out var stage)) return stage;
        throw Refused(path, RoutesFile.Parse(file).Errors);
    }

    private static CommandFailedException Refused(string path, IReadOnlyList<RouteError> errors) =>
        new(ExitCode.Failed, $"'{path}' cannot be changed; nothing was written. {Count(errors)}:", errors);

    private static string Count(IReadOnlyList<RouteError> errors) => errors.Count == 1 ? "1 error" : $"{errors.Count} errors";
}
