namespace Beyla.Host.Attachment;

/// <summary>Remembers inspections by the executable's identity: a second process of a known file costs no second reading. Bounded, least recently used goes.</summary>
internal sealed class InspectionCache(ExecutableInspector inspector, int capacity = 256)
{
    private readonly Dictionary<ExecutableIdentity, LinkedListNode<(ExecutableIdentity Identity, Inspection Inspection)>> _byIdentity = [];
    private readonly LinkedList<(ExecutableIdentity Identity, Inspection Inspection)> _recent = [];

    /// <summary>The inspection of the file behind <paramref name="path"/>, which has the given identity.</summary>
    /// <exception cref="Elf.ElfException">Malformed.</exception>
    /// <exception cref="IOException">Cannot be read.</exception>
    public Inspection Get(ExecutableIdentity identity, string path, string displayPath)
    {
        if (_byIdentity.TryGetValue(identity, out LinkedListNode<(ExecutableIdentity, Inspection)>? node))
        {
            _recent.Remove(node);
            _recent.AddFirst(node);
            return node.Value.Item2;
        }
        Inspection inspection = inspector.Inspect(path, displayPath);
        _byIdentity[identity] = _recent.AddFirst((identity, inspection));
        if (_recent.Count > capacity)
        {
            _byIdentity.Remove(_recent.Last!.Value.Identity);
            _recent.RemoveLast();
        }
        return inspection;
    }
}
