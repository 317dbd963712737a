namespace Beyla.Host.Attachment;

/// <summary>Remembers what was worked out for a key. Bounded, least recently used goes. For one thread.</summary>
internal sealed class RecentCache<TKey, TValue>(int capacity = 256) where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _byKey = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _recent = [];

    /// <summary>The value of a key; made when it is not known. What the maker throws is not remembered.</summary>
    public TValue Get(TKey key, Func<TValue> make)
    {
        if (_byKey.TryGetValue(key, out LinkedListNode<(TKey Key, TValue Value)>? node))
        {
            _recent.Remove(node);
            _recent.AddFirst(node);
            return node.Value.Value;
        }
        TValue value = make();
        _byKey[key] = _recent.AddFirst((key, value));
        if (_recent.Count > capacity)
        {
            _byKey.Remove(_recent.Last!.Value.Key);
            _recent.RemoveLast();
        }
        return value;
    }
}
