using System.Text;
using System.Text.Json;

namespace Strangler.Facade;

/// <summary>Changes the stage of one route in the text of a file, and the share of a canary: a word, a number and nothing else, so comments and formatting stay.</summary>
public static class StageEdit
{
    /// <summary>Writes a stage. The result is not validated; <see cref="RoutesFile.Parse"/> does that.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="routeId">The route, without case.</param>
    /// <param name="stage">The stage to write.</param>
    /// <param name="share">The share to write into the route's <c>canary</c> block, which is added behind the stage when it is missing; null to leave it as it is.</param>
    /// <returns>The new bytes and what stood there; or errors when the file is no JSON, or has no such route, or the route no stage.</returns>
    public static StageEditResult SetStage(byte[] file, string routeId, Stage stage, Share? share = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentException.ThrowIfNullOrEmpty(routeId);
        var errors = new RouteErrors(file);
        if (RoutesFile.Root(file, errors) is not { } root) return new StageEditResult(null, null, null, errors.All);

        var route = root["routes"]?.Items.Find(item => string.Equals(item["id"]?.Text, routeId, StringComparison.OrdinalIgnoreCase));
        if (route is null)
        {
            string[] known = [.. root["routes"]?.Items.Select(item => item["id"]?.Text).OfType<string>() ?? []];
            errors.Add(root["routes"]?.Start ?? 0, "$.routes", null, $"There is no route '{routeId}'.", Spelling.Cure(routeId, known, $"Routes of this file: {Spelling.List(known)}."));
        }
        else if (route["stage"] is not { Kind: JsonValueKind.String })
        {
            errors.AddMissing(route, "stage", $"Add \"stage\": \"{stage.Word()}\".");
        }

        if (errors.Any) return new StageEditResult(null, null, null, errors.All);
        var at = route!["stage"]!;
        List<(int Start, int End, string Text)> edits = [(at.Start, at.End, $"\"{stage.Word()}\"")];
        if (share is { } given) edits.Add(ShareEdit(route, at, given));
        Share? before = route["canary"]?["share"] is { Kind: JsonValueKind.Number } number && Share.TryParse(number.Text!, out var was) ? was : null;
        return new StageEditResult(Apply(file, edits), at.Text, before, []);
    }

    private static (int Start, int End, string Text) ShareEdit(PlacedValue route, PlacedValue stage, Share share)
    {
        if (route["canary"] is not { } block) return (stage.End, stage.End, $", \"canary\": {{ \"share\": {share} }}");
        if (block["share"] is { } number) return (number.Start, number.End, share.ToString());
        return (block.Start + 1, block.Start + 1, $" \"share\": {share}{(block.Members.Count > 0 ? "," : " ")}");
    }

    private static byte[] Apply(byte[] file, List<(int Start, int End, string Text)> edits)
    {
        List<byte> edited = [.. file];
        foreach (var (start, end, text) in edits.OrderByDescending(edit => edit.Start))
        {
            edited.RemoveRange(start, end - start);
            edited.InsertRange(start, Encoding.UTF8.GetBytes(text));
        }

        return [.. edited];
    }
}

/// <summary>What came of a <see cref="StageEdit"/>.</summary>
/// <param name="File">The new bytes; null when there are errors.</param>
/// <param name="Before">The stage's word that stood there; null when there are errors.</param>
/// <param name="ShareBefore">The share that stood in the route's <c>canary</c> block, whatever the stage; null when there was none.</param>
/// <param name="Errors">Why nothing was changed; empty on success.</param>
public sealed record StageEditResult(byte[]? File, string? Before, Share? ShareBefore, IReadOnlyList<RouteError> Errors);
