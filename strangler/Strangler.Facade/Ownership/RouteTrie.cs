namespace Strangler.Facade;

/// <summary>
/// Finds routes by path, one dictionary look-up a segment, so that ten thousand routes cost what ten do. At each segment a literal is
/// tried before a parameter, a parameter before the catch-all; a path's slash at the end makes no difference.
/// </summary>
internal sealed class RouteTrie
{
    private readonly Node root;

    public RouteTrie(IEnumerable<OwnedRoute> routes, bool caseSensitive)
    {
        var comparer = caseSensitive ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
        root = new Node(comparer);
        foreach (var route in routes)
        {
            var node = root;
            foreach (var literal in route.Template.Segments) node = literal is null ? node.Parameter ??= new Node(comparer) : node.Literal(literal);
            if (route.Template.CatchAll) node.CatchAll = [.. node.CatchAll, route];
            else node.Ends = [.. node.Ends, route];
        }
    }

    /// <summary>The most specific route that takes this request; null when none does.</summary>
    public OwnedRoute? Find(ReadOnlySpan<char> path, in RequestFacts request, string? branch)
    {
        var best = new Best(request, branch);
        Visit(path, ref best);
        return best.Route;
    }

    /// <summary>Every route whose path fits, the most specific first, whatever else it asks for.</summary>
    public IReadOnlyList<OwnedRoute> All(ReadOnlySpan<char> path)
    {
        var all = new Collected([]);
        Visit(path, ref all);
        return all.Routes;
    }

    private void Visit<TVisitor>(ReadOnlySpan<char> path, ref TVisitor visitor)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        // "*" (OPTIONS *) and other targets without a path belong to whoever takes everything.
        if (!path.StartsWith("/"))
        {
            visitor.Visit(root.CatchAll);
            return;
        }

        path = path[1..];
        if (path.EndsWith("/")) path = path[..^1];
        Visit(root, path, path.IsEmpty, ref visitor);
    }

    private static bool Visit<TVisitor>(Node node, ReadOnlySpan<char> rest, bool end, ref TVisitor visitor)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        if (end) return visitor.Visit(node.Ends) || visitor.Visit(node.CatchAll);

        var slash = rest.IndexOf('/');
        var segment = slash < 0 ? rest : rest[..slash];
        var next = slash < 0 ? default : rest[(slash + 1)..];
        if (node.TryLiteral(segment, out var literal) && Visit(literal, next, slash < 0, ref visitor)) return true;
        if (node.Parameter is { } parameter && !segment.IsEmpty && Visit(parameter, next, slash < 0, ref visitor)) return true;
        return visitor.Visit(node.CatchAll);
    }

    /// <summary>Sees the routes of one place in the trie; true ends the search.</summary>
    private interface IVisitor
    {
        bool Visit(OwnedRoute[] routes);
    }

    private ref struct Best(in RequestFacts request, string? branch) : IVisitor
    {
        private readonly RequestFacts request = request;

        public OwnedRoute? Route { get; private set; }

        public bool Visit(OwnedRoute[] routes)
        {
            var best = -1;
            foreach (var route in routes)
            {
                var rank = route.Rank(request, branch);
                if (rank <= best) continue;
                best = rank;
                Route = route;
            }

            return best >= 0;
        }
    }

    private readonly struct Collected(List<OwnedRoute> routes) : IVisitor
    {
        public List<OwnedRoute> Routes => routes;

        public bool Visit(OwnedRoute[] found)
        {
            routes.AddRange(found);
            return false;
        }
    }

    private sealed class Node(StringComparer comparer)
    {
        private Dictionary<string, Node>? literals;
        private Dictionary<string, Node>.AlternateLookup<ReadOnlySpan<char>> bySpan;

        public Node? Parameter { get; set; }

        public OwnedRoute[] Ends { get; set; } = [];

        public OwnedRoute[] CatchAll { get; set; } = [];

        public bool TryLiteral(ReadOnlySpan<char> segment, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Node? node)
        {
            node = null;
            return literals is not null && bySpan.TryGetValue(segment, out node);
        }

        public Node Literal(string segment)
        {
            if (literals is null)
            {
                literals = new Dictionary<string, Node>(comparer);
                bySpan = literals.GetAlternateLookup<ReadOnlySpan<char>>();
            }

            if (!literals.TryGetValue(segment, out var node)) literals[segment] = node = new Node(comparer);
            return node;
        }
    }
}
