namespace Strangler.Facade;

/// <summary>Reads <c>paths</c>: how legacy reads a path.</summary>
internal sealed class PathReader(RouteErrors errors)
{
    private static readonly string[] Separator = ["keep", "separate"];
    private static readonly string[] Parameters = ["keep", "ignore"];
    private static readonly string[] Slashes = ["keep", "merge"];
    private readonly ValueReader values = new(errors);

    public PathReading Read(PlacedValue root)
    {
        if (root["paths"] is not { } block || !values.IsObject(block, "encodedSlashes", "backslashes", "parameters", "doubleSlashes")) return PathReading.Plain;
        return Flag(block, "encodedSlashes", Separator, PathReading.EncodedSlashes)
            | Flag(block, "backslashes", Separator, PathReading.Backslashes)
            | Flag(block, "parameters", Parameters, PathReading.WithoutParameters)
            | Flag(block, "doubleSlashes", Slashes, PathReading.MergedSlashes);
    }

    private PathReading Flag(PlacedValue block, string name, string[] choice, PathReading reading) =>
        values.Choice(block, name, choice, choice[0]) == choice[1] ? reading : PathReading.Plain;
}
