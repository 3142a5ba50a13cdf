using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Strangler.Facade;

/// <summary>
/// HTML as the tree that a browser makes of it. Comments, the order of attributes and classes, and blanks that a browser shows as one or not at
/// all make no difference. Nothing is loaded and no script runs.
/// </summary>
internal static class HtmlTree
{
    // Deeper than any page that people wrote, and shallow enough for a thread's stack.
    private const int Deepest = 256;

    /// <summary>Reads a page.</summary>
    /// <returns>Null when it is nested too deeply to be compared as a tree.</returns>
    public static ContentNode? Read(string text)
    {
        using var document = new HtmlParser().ParseDocument(text);
        var type = ContentNode.Leaf("/!doctype", "text", document.Doctype is { } doctype ? $"{doctype.Name} {doctype.PublicIdentifier}" : "none");
        return Element(document.DocumentElement, blanksCount: false, depth: 0) is { } root ? ContentNode.Branch("", "html", new() { ["doctype"] = type }, [root]) : null;
    }

    private static ContentNode? Element(IElement element, bool blanksCount, int depth)
    {
        if (depth > Deepest) return null;
        blanksCount |= element.LocalName is "pre" or "textarea";
        var attributes = element.Attributes.ToDictionary(attribute => attribute.Name, attribute => ContentNode.Leaf("/@" + Safe(attribute.Name), "text", Value(attribute)));
        var children = new List<ContentNode>();
        foreach (var child in element.ChildNodes)
        {
            if (child is IElement part)
            {
                if (Element(part, blanksCount, depth + 1) is not { } inner) return null;
                children.Add(inner);
            }
            else if (child is IText text && Text(text.Data, blanksCount) is { Length: > 0 } shown) children.Add(ContentNode.Leaf("/text()", "text", shown));
        }

        return ContentNode.Branch("/" + Step(element), Step(element), attributes, children);
    }

    /// <summary>The element's name, and its own where a programmer gave it one: "input[quantity]", "div#menu".</summary>
    private static string Step(IElement element)
    {
        var step = Safe(element.LocalName);
        if (element.GetAttribute("name") is { } name && FieldName.IsName(name)) return $"{step}[{name}]";
        return element.Id is { } id && FieldName.IsName(id) && !id.Any(char.IsAsciiDigit) ? $"{step}#{id}" : step;
    }

    private static string Value(IAttr attribute) =>
        attribute.Name == "class" ? string.Join(' ', Words(attribute.Value).Order(StringComparer.Ordinal)) : attribute.Value.Trim();

    private static string Text(string text, bool blanksCount) => blanksCount ? text : string.Join(' ', Words(text));

    // The blanks of HTML: a no-break space is not among them.
    private static string[] Words(string text) => text.Split([' ', '\t', '\n', '\r', '\f'], StringSplitOptions.RemoveEmptyEntries);

    private static string Safe(string name) => FieldName.IsName(name) ? name : "{}";
}
