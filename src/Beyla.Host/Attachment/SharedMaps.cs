using Beyla.Ebpf;

namespace Beyla.Host.Attachment;

/// <summary>
/// The maps that all tracers share beside the events ring: those whose names start with <c>shared_</c> (bpf/include/beyla/trace.h). The first
/// object that is loaded brings such a map, the others join it by name and layout; there is no pinning.
/// </summary>
internal sealed class SharedMaps
{
    private const string Prefix = "shared_";
    private readonly Dictionary<string, BpfMap> _maps = [];

    /// <summary>Puts the maps that are there already in the place of the object's own.</summary>
    /// <exception cref="BpfException">One of them has another layout in this object.</exception>
    public void Join(BpfObjectSpec spec)
    {
        foreach (string name in spec.Maps)
            if (_maps.TryGetValue(name, out BpfMap? map)) spec.ReuseMap(name, map);
    }

    /// <summary>Remembers the shared maps that a loaded object brought. They live as long as it does; objects live as long as the agent.</summary>
    public void Offer(BpfObject loaded)
    {
        foreach (string name in loaded.Maps.Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
            _maps.TryAdd(name, loaded.Map(name));
    }
}
