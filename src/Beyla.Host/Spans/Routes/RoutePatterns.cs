using System.Text;

namespace Beyla.Host.Spans.Routes;

/// <summary>
/// Path templates as a tree of their segments: <c>/user/:id</c>, <c>/user/{id}</c>, <c>/static/*</c>. At each place an exact segment is tried before a
/// placeholder, and a placeholder before a <c>*</c> at the end, which stands for all that follows. Immutable; finding allocates nothing.
/// </summary>
internal sealed class RoutePatterns
{
    private readonly Node _root = new();

    /// <param name="patterns">Each begins with a slash. The first of two that match the same paths wins.</param>
    public RoutePatterns(IEnumerable<string> patterns)
    {
        foreach (string pattern in patterns) Add(pattern);
    }

    private sealed class Node
    {
        public List<(byte[] Segment, Node Node)> Exact { get; } = [];
        public Node? Placeholder { get; set; }

        /// <summary>The template that ends here.</summary>
        public byte[]? Template { get; set; }

        /// <summary>The template that ends with a <c>*</c> here.</summary>
        public byte[]? Rest { get; set; }
    }

    /// <summary>What is wrong with a pattern; null: nothing.</summary>
    public static string? Problem(string pattern)
    {
        if (!pattern.StartsWith('/')) return $"'{pattern}' does not begin with a slash: a pattern is a path like /user/:id, /user/{{id}} or /static/*";
        string[] segments = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments.FirstOrDefault(s => s.Contains('*', StringComparison.Ordinal) && !IsPlaceholder(s)) is { } partly
            ? $"'{pattern}' has a '*' inside of '{partly}': it stands for a whole segment, or for all that follows at the end"
            : null;
    }

    /// <summary>The template that matches the path, empty: none.</summary>
    public ReadOnlySpan<byte> Find(ReadOnlySpan<byte> path) => Find(_root, new PathSegments(path), path.EndsWith("/"u8));

    private static ReadOnlySpan<byte> Find(Node node, PathSegments rest, bool slashAtEnd)
    {
        if (!rest.MoveNext()) return node.Template ?? (slashAtEnd ? node.Rest : null);
        foreach ((byte[] segment, Node next) in node.Exact)
        {
            if (!rest.Current.SequenceEqual(segment)) continue;
            if (Find(next, rest, slashAtEnd) is { IsEmpty: false } exact) return exact;
            break;
        }
        if (node.Placeholder is { } placeholder && Find(placeholder, rest, slashAtEnd) is { IsEmpty: false } found) return found;
        return node.Rest;
    }

    private void Add(string pattern)
    {
        byte[] template = Encoding.UTF8.GetBytes(pattern);
        string[] segments = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        Node node = _root;
        for (int i = 0; i < segments.Length; i++)
        {
            if (i == segments.Length - 1 && segments[i].Trim('*').Length == 0)
            {
                node.Rest ??= template;
                return;
            }
            node = IsPlaceholder(segments[i]) ? node.Placeholder ??= new Node() : Exact(node, Encoding.UTF8.GetBytes(segments[i]));
        }
        node.Template ??= template;
    }

    private static Node Exact(Node node, byte[] segment)
    {
        foreach ((byte[] known, Node next) in node.Exact)
            if (known.AsSpan().SequenceEqual(segment)) return next;
        Node added = new();
        node.Exact.Add((segment, added));
        return added;
    }

    private static bool IsPlaceholder(string segment) =>
        segment.StartsWith(':') || (segment.StartsWith('{') && segment.EndsWith('}')) || segment.Trim('*').Length == 0;
}
