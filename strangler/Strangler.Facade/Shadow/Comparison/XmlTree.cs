using System.Xml;

namespace Strangler.Facade;

/// <summary>
/// XML as its tree of elements. Comments, the order of attributes, the choice of prefixes, CDATA, and blanks between elements make no difference. Nothing is loaded, and
/// a document with a DTD is not read, so nothing is expanded.
/// </summary>
internal static class XmlTree
{
    private const int Deepest = 256;
    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true, IgnoreWhitespace = true };

    /// <summary>Reads a document.</summary>
    /// <returns>Null when it is none, has a DTD, or is nested too deeply to be compared as a tree.</returns>
    public static ContentNode? Read(string text)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), Settings);
            reader.MoveToContent();
            var root = Element(reader, 0);
            // Reading on makes the reader refuse anything behind the root.
            while (reader.Read()) { }

            return root is null ? null : ContentNode.Branch("", "xml", null, [root]);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static ContentNode? Element(XmlReader reader, int depth)
    {
        if (depth > Deepest) return null;
        var (step, kind, isEmpty) = ("/" + Safe(reader.LocalName), NameOf(reader), reader.IsEmptyElement);
        var attributes = Attributes(reader);
        var children = new List<ContentNode>();
        var said = "";
        // The reader stands at the element's beginning, and at its end afterwards.
        while (!isEmpty && reader.Read() && reader.NodeType != XmlNodeType.EndElement)
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                Say();
                if (Element(reader, depth + 1) is not { } inner) return null;
                children.Add(inner);
            }
            else
            {
                said += reader.Value;
            }
        }

        Say();
        return ContentNode.Branch(step, kind, attributes, children);

        void Say()
        {
            if (!string.IsNullOrWhiteSpace(said)) children.Add(ContentNode.Leaf("/text()", "text", said));
            said = "";
        }
    }

    private static Dictionary<string, ContentNode> Attributes(XmlReader reader)
    {
        var attributes = new Dictionary<string, ContentNode>();
        while (reader.MoveToNextAttribute())
        {
            if (reader.NamespaceURI != "http://www.w3.org/2000/xmlns/") attributes[NameOf(reader)] = ContentNode.Leaf("/@" + Safe(reader.LocalName), "text", reader.Value);
        }

        reader.MoveToElement();
        return attributes;
    }

    private static string NameOf(XmlReader reader) => reader.NamespaceURI.Length == 0 ? reader.LocalName : $"{{{reader.NamespaceURI}}}{reader.LocalName}";

    private static string Safe(string name) => FieldName.IsName(name) ? name : "{}";
}
