namespace Beyla.Host.Spans.Routes;

/// <summary>
/// Bounds the number of different routes of a service. It learns which segments stand at each place; when a place has more than a limit of them, the
/// frequent ones keep their names and all others become a wildcard, for good. One thread. Allocates only while it learns, and never holds more
/// than <see cref="MaxNodes"/> segments.
/// </summary>
/// <param name="limit">Most different segments at one place.</param>
/// <param name="wildcard">Stands for the others.</param>
internal sealed class RouteTrie(int limit, byte[] wildcard)
{
    /// <summary>Most segments that are remembered; each is at the end of at most one route.</summary>
    public const int MaxNodes = 1000;

    /// <summary>A segment seen so often when its place overflows is a name, one seen less often data.</summary>
    private const int Frequent = 8;

    private readonly Node _root = new([]);
    private int _nodes;

    private sealed class Node(byte[] segment)
    {
        public byte[] Segment { get; } = segment;
        public List<Node> Next { get; private set; } = [];

        /// <summary>The place after this one, whatever stands there.</summary>
        public Node? Any { get; set; }

        public bool Overflowed { get; set; }
        public int Seen { get; set; }

        public Node? Find(ReadOnlySpan<byte> segment)
        {
            foreach (Node node in Next)
                if (segment.SequenceEqual(node.Segment)) return node;
            return null;
        }

        /// <summary>Only frequent segments stay.</summary>
        /// <returns>How many nodes went.</returns>
        public int Prune()
        {
            List<Node> gone = Next.FindAll(n => n.Seen < Frequent);
            Next = Next.FindAll(n => n.Seen >= Frequent);
            return gone.Sum(n => n.Count());
        }

        private int Count() => 1 + Next.Sum(n => n.Count()) + (Any?.Count() ?? 0);
    }

    /// <summary>Writes the bounded form of a route.</summary>
    /// <param name="route">A route that <see cref="RouteGuess"/> wrote.</param>
    /// <param name="to">At least <see cref="RouteGuess.MaxLength"/> bytes.</param>
    /// <returns>The number of bytes written.</returns>
    public int Write(ReadOnlySpan<byte> route, Span<byte> to)
    {
        int length = 0;
        Node place = _root;
        foreach (ReadOnlySpan<byte> segment in new PathSegments(route))
        {
            Node? next = segment.SequenceEqual(wildcard) ? null : place.Find(segment) ?? Learn(place, segment);
            ReadOnlySpan<byte> text = next is null ? wildcard : segment;
            if (next is null) next = place.Any ??= _nodes < MaxNodes ? Make([]) : null;
            if (next is null)
            {
                // No more room: all that is new from here on has one name.
                RouteGuess.Rest.CopyTo(to[length..]);
                return length + RouteGuess.Rest.Length;
            }
            if (next.Seen < Frequent) next.Seen++;
            length = RouteGuess.Append(text, to, length);
            place = next;
        }
        if (length == 0) to[length++] = (byte)'/';
        return length;
    }

    private Node? Learn(Node place, ReadOnlySpan<byte> segment)
    {
        if (place.Overflowed || _nodes >= MaxNodes) return null;
        if (place.Next.Count >= limit)
        {
            _nodes -= place.Prune();
            place.Overflowed = true;
            return null;
        }
        Node node = Make(segment.ToArray());
        place.Next.Add(node);
        return node;
    }

    private Node Make(byte[] segment)
    {
        _nodes++;
        return new Node(segment);
    }
}
