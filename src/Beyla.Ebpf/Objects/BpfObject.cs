using Beyla.Ebpf.Native;

namespace Beyla.Ebpf;

/// <summary>A loaded object: its programs and maps in the kernel. They live until this, the links and whoever reuses the maps are gone.</summary>
public sealed class BpfObject : IDisposable
{
    private readonly string _name;
    private readonly Dictionary<string, BpfProgram> _programs = [];
    private readonly Dictionary<string, BpfMap> _maps = [];

    internal BpfObject(string name, Dictionary<string, nint> programs, Dictionary<string, nint> maps)
    {
        _name = name;
        try
        {
            foreach ((string key, nint pointer) in programs)
                if (Libbpf.bpf_program__fd(pointer) is >= 0 and var fd) _programs.Add(key, new BpfProgram(name, key, pointer, fd));
            foreach ((string key, nint pointer) in maps)
                if (Libbpf.bpf_map__fd(pointer) is >= 0 and var fd) _maps.Add(key, new BpfMap(key, Libc.Duplicate(fd, $"cannot keep map '{key}' of {name}")));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The loaded programs; those left out by <see cref="BpfObjectSpec.SetAutoload"/> are not among them.</summary>
    public IReadOnlyCollection<BpfProgram> Programs => _programs.Values;

    /// <summary>A loaded program.</summary>
    /// <exception cref="BpfException">None of that name was loaded; the message lists those that were.</exception>
    public BpfProgram Program(string name) =>
        _programs.TryGetValue(name, out BpfProgram? program) ? program : throw BpfException.NoSuch("loaded program", name, _name, _programs.Keys);

    /// <summary>Names of its maps.</summary>
    public IReadOnlyCollection<string> Maps => _maps.Keys;

    /// <summary>A map. It is disposed of with the object.</summary>
    /// <exception cref="BpfException">There is none of that name; the message lists those that are.</exception>
    public BpfMap Map(string name) => _maps.TryGetValue(name, out BpfMap? map) ? map : throw BpfException.NoSuch("map", name, _name, _maps.Keys);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (BpfProgram program in _programs.Values) program.Handle.Dispose();
        foreach (BpfMap map in _maps.Values) map.Dispose();
    }
}
