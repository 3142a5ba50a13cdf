namespace Strangler.Facade;

/// <summary>Text as lines. How lines end makes no difference; that the last one ends does.</summary>
internal static class LineTree
{
    public static ContentNode Read(string text) =>
        ContentNode.Branch("", "lines", null, [.. text.ReplaceLineEndings("\n").Split('\n').Select(line => ContentNode.Leaf("/line", "text", line))]);
}
