using System.Text;
using System.Text.Json;

namespace Strangler.Facade;

/// <summary>Changes the stage of one route in the text of a file: the characters between the quotes and nothing else, so comments and formatting stay.</summary>
public static class StageEdit
{
    /// <summary>Writes a stage. The result is not validated; <see cref="RoutesFile.Parse"/> does that.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="routeId">The route, without case.</param>
    /// <param name="stage">The stage to write.</param>
    /// <returns>The new bytes and the stage that stood there; or errors when the file is no JSON, or has no such route, or the route no stage.</returns>
    public static StageEditResult SetStage(byte[] file, string routeId, Stage stage)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentException.ThrowIfNullOrEmpty(routeId);
        var errors = new RouteErrors(file);
        if (RoutesFile.Root(file, errors) is not { } root) return new StageEditResult(null, null, errors.All);

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

        if (errors.Any) return new StageEditResult(null, null, errors.All);
        var at = route!["stage"]!;
        byte[] edited = [.. file.AsSpan(0, at.Start), (byte)'"', .. Encoding.UTF8.GetBytes(stage.Word()), (byte)'"', .. file.AsSpan(at.End)];
        return new StageEditResult(edited, at.Text, []);
    }
}

/// <summary>What came of a <see cref="StageEdit"/>.</summary>
/// <param name="File">The new bytes; null when there are errors.</param>
/// <param name="Before">The stage's word that stood there; null when there are errors.</param>
/// <param name="Errors">Why nothing was changed; empty on success.</param>
public sealed record StageEditResult(byte[]? File, string? Before, IReadOnlyList<RouteError> Errors);
