using Beyla.Ebpf;

namespace Beyla.Host.Attachment;

/// <summary>
/// The maps that all tracers share beside the events ring: those whose names start with <c>shared_</c> (bpf/include/beyla/trace.h). The first
/// object that declares one decides its layout, the others join it by name; there is no pinning. For any thread.
/// </summary>
internal sealed class SharedMaps : IDisposable
{
    private const string Prefix = "shared_";
    private readonly Lock _gate = new();
    private readonly Dictionary<string, BpfMap> _maps = [], _foreign = [];

    /// <summary>Takes a map that the host made elsewhere; it stays the owner.</summary>
    public void Add(BpfMap map) => _foreign[map.Name] = map;

    /// <summary>Puts the shared maps in the place of the object's own.</summary>
    /// <exception cref="BpfException">One of them has another layout in this object, or the kernel refused to make it.</exception>
    public void Join(BpfObjectSpec spec)
    {
        foreach (string name in spec.Maps.Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
            spec.ReuseMap(name, MapOf(spec, name));
    }

    public void Dispose()
    {
        foreach (BpfMap map in _maps.Values) map.Dispose();
    }

    private BpfMap MapOf(BpfObjectSpec spec, string name)
    {
        if (_foreign.TryGetValue(name, out BpfMap? foreign)) return foreign;
        lock (_gate) return _maps.TryGetValue(name, out BpfMap? map) ? map : _maps[name] = spec.CreateMap(name);
    }
}
