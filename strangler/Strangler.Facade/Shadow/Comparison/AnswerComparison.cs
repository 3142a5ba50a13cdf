using System.Security.Cryptography;

namespace Strangler.Facade;

/// <summary>
/// Compares a candidate's answer with legacy's by meaning: status, headers that matter, and the body by what it is: JSON by field, HTML and XML by tree,
/// text by line, anything else by hash. Pure; safe for any number of threads.
/// </summary>
internal static class AnswerComparison
{
    /// <summary>Where the answers differ; empty when a user could not tell them apart.</summary>
    /// <param name="legacy">Legacy's answer.</param>
    /// <param name="candidate">The answer of the side on trial.</param>
    /// <param name="ownHosts">Authorities (host and port) that are the application itself: as users write it, and as either owner knows itself.</param>
    public static IReadOnlyList<Difference> Compare(OwnerAnswer legacy, OwnerAnswer candidate, IReadOnlyCollection<string> ownHosts)
    {
        var found = new Differences();
        if (legacy.Status != candidate.Status)
        {
            // An error page has nothing in common with the page; everything else would only be this one difference again.
            found.Add("status", DifferenceKind.Value, $"{legacy.Status}", $"{candidate.Status}");
            return found.Found;
        }

        new HeaderComparison(found, ownHosts).Compare(legacy, candidate);
        // Most answers end here; only bytes that are read alike are alike.
        if (!legacy.Body.AsSpan().SequenceEqual(candidate.Body) || !SameHeader("Content-Encoding") || !SameHeader("Content-Type")) CompareBodies(found, legacy, candidate);
        return found.Found;

        bool SameHeader(string name) => legacy.Values(name).SequenceEqual(candidate.Values(name));
    }

    private static void CompareBodies(Differences found, OwnerAnswer legacy, OwnerAnswer candidate)
    {
        var (left, right) = (ReadableBody.Of(legacy), ReadableBody.Of(candidate));
        // The same bytes in two charsets are two texts, and the other way round.
        if (left.Text is not null && right.Text is not null ? left.Text == right.Text : left.Bytes.AsSpan().SequenceEqual(right.Bytes)) return;
        if (left.Bytes.Length == 0 || right.Bytes.Length == 0) found.Add("body", left.Bytes.Length == 0 ? DifferenceKind.Extra : DifferenceKind.Missing, Described(left), Described(right));
        else if (left.Text is null || right.Text is null) found.Add("body", DifferenceKind.Value, Described(left), Described(right));
        else CompareTrees(found, left, right);
    }

    private static void CompareTrees(Differences found, ReadableBody left, ReadableBody right)
    {
        var kind = left.Kind == right.Kind ? left.Kind : BodyKind.Text;
        var trees = new TreeComparison(found);
        if (kind != BodyKind.Text && Tree(kind, left.Text!) is { } legacy && Tree(kind, right.Text!) is { } candidate) trees.Compare("body", legacy, candidate);
        else trees.Compare("body", LineTree.Read(left.Text!), LineTree.Read(right.Text!));
    }

    private static ContentNode? Tree(BodyKind kind, string text) => kind switch
    {
        BodyKind.Json => JsonTree.Read(text),
        BodyKind.Xml => XmlTree.Read(text),
        _ => HtmlTree.Read(text),
    };

    private static string? Described(ReadableBody body) =>
        body.Bytes.Length == 0 ? null : $"{body.Bytes.Length} bytes, sha256 {Convert.ToHexStringLower(SHA256.HashData(body.Bytes))[..16]}";
}
