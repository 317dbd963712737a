using System.Runtime.InteropServices;
using System.Text;
using Beyla.Ebpf.Native;

namespace Beyla.Ebpf;

/// <summary>
/// A BPF object that is opened but not yet in the kernel: what can still be changed is changed here, then <see cref="Load"/> uses it up.
/// Opening takes no privilege. Not for use by several threads at once.
/// </summary>
public sealed unsafe class BpfObjectSpec : IDisposable
{
    private readonly BpfObjectHandle _handle;
    private readonly string _name;
    private readonly Dictionary<string, nint> _programs = [], _maps = [];
    private Dictionary<string, BtfVariable>? _variables;

    private BpfObjectSpec(string name, BpfObjectHandle handle)
    {
        (_name, _handle) = (name, handle);
        for (nint p = 0; (p = Libbpf.bpf_object__next_program(handle, p)) != 0;) _programs.Add(Text(Libbpf.bpf_program__name(p)), p);
        for (nint m = 0; (m = Libbpf.bpf_object__next_map(handle, m)) != 0;) _maps.TryAdd(MapName(Text(Libbpf.bpf_map__name(m))), m);
        uint size = 0;
        nint btf = Libbpf.bpf_object__btf(handle);
        byte* data = btf == 0 ? null : Libbpf.btf__raw_data(btf, &size);
        Btf = data == null
            ? throw new BpfException($"{name} has no type information (BTF): compile it with clang -g and strip it with llvm-strip -g.")
            : new BtfTypes(new ReadOnlySpan<byte>(data, (int)size));
        Programs = [.. _programs.Keys];
        Maps = [.. _maps.Keys];
    }

    /// <summary>The types of the object's source.</summary>
    public BtfTypes Btf { get; }

    /// <summary>The names of the programs, in the order of the file.</summary>
    public IReadOnlyList<string> Programs { get; }

    /// <summary>The names of the maps, with those made for variables (.rodata, .data, .bss).</summary>
    public IReadOnlyList<string> Maps { get; }

    static BpfObjectSpec() => HeapTrim.Prepare();

    /// <summary>Opens a compiled object.</summary>
    /// <param name="name">What messages call it, e.g. "net_http.bpf.o".</param>
    /// <param name="image">The ELF file's bytes; not needed after the call.</param>
    /// <exception cref="BpfException">It is no BPF object, or has no BTF, or libbpf is missing.</exception>
    public static BpfObjectSpec Open(string name, ReadOnlySpan<byte> image)
    {
        if (image.IsEmpty) throw new BpfException($"cannot open the BPF object {name}: it is empty.");
        LibbpfLog.Begin();
        nint pointer;
        fixed (byte* bytes = image)
        fixed (byte* title = Encoding.UTF8.GetBytes(name.Split('.')[0] + '\0'))
        {
            ObjectOpenOptions options = new() { Size = (nuint)sizeof(ObjectOpenOptions), ObjectName = title };
            pointer = Libbpf.bpf_object__open_mem(bytes, (nuint)image.Length, &options);
        }
        if (pointer == 0) throw LoadFailure.Describe($"cannot open the BPF object {name}", Marshal.GetLastPInvokeError());
        BpfObjectHandle handle = new(pointer);
        try
        {
            return new BpfObjectSpec(name, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Sets a global variable (<c>volatile const</c> in .rodata, or .data/.bss) before load. After load, variables cannot be reached from
    /// here: what changes at run time belongs in a map.
    /// </summary>
    /// <typeparam name="T">A type of exactly the variable's size; bool is one byte.</typeparam>
    /// <exception cref="BpfException">No such variable, or it has another size.</exception>
    public void SetVariable<T>(string name, T value) where T : unmanaged => SetVariable(name, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>As <see cref="SetVariable{T}"/>, from the variable's bytes.</summary>
    /// <exception cref="BpfException">No such variable, or it has another size.</exception>
    public void SetVariable(string name, ReadOnlySpan<byte> value)
    {
        if (!Variables.TryGetValue(name, out BtfVariable? variable)) throw BpfException.NoSuch("variable", name, _name, Variables.Keys);
        if (variable.Size != value.Length)
            throw new BpfException($"variable '{name}' of {_name} has {variable.Size} byte(s), the value has {value.Length}.");
        nuint size;
        byte* section = Libbpf.bpf_map__initial_value(Map(variable.Section), &size);
        if (section == null || (nuint)(variable.Offset + variable.Size) > size)
            throw new BpfException($"variable '{name}' of {_name} lies outside its section {variable.Section}: the object is malformed or already loaded.");
        value.CopyTo(new Span<byte>(section + variable.Offset, variable.Size));
    }

    /// <summary>Whether the object has such a global variable.</summary>
    public bool HasVariable(string name) => Variables.ContainsKey(name);

    /// <summary>Sizes a map: entries, or bytes of a ring buffer (a power of two and a multiple of the page size).</summary>
    public void SetMaxEntries(string map, uint entries) =>
        Check(Libbpf.bpf_map__set_max_entries(Map(map), entries), $"cannot set the size of map '{map}' of {_name} to {entries}");

    /// <summary>The SEC(...) of a program, like <c>tp_btf/sched_process_exec</c>.</summary>
    /// <exception cref="BpfException">There is no such program.</exception>
    public string Section(string program) => Text(Libbpf.bpf_program__section_name(Program(program)));

    /// <summary>What the object declares for a map.</summary>
    /// <exception cref="BpfException">There is no such map.</exception>
    public MapLayout Layout(string map) => LayoutOf(Map(map));

    /// <summary>Makes a map with the layout that the object declares for one of its own, for several objects to share by <see cref="ReuseMap"/>.</summary>
    /// <exception cref="BpfException">The object has no such map, or the kernel refused.</exception>
    public BpfMap CreateMap(string map)
    {
        MapLayout layout = LayoutOf(Map(map));
        return BpfMap.Create(layout.Type, map, layout.KeySize, layout.ValueSize, layout.MaxEntries);
    }

    /// <summary>
    /// Puts an existing map in the place of the object's own of that name. Both must agree in type, key and value size, and for ring
    /// buffers and arrays in max entries (<see cref="SetMaxEntries"/> beforehand where the size is configured).
    /// </summary>
    /// <exception cref="BpfException">They do not: the message names both layouts.</exception>
    public void ReuseMap(string map, BpfMap with)
    {
        nint own = Map(map);
        MapLayout wanted = LayoutOf(own);
        if (!wanted.Accepts(with.Layout))
            throw new BpfException($"map '{map}' of {_name} cannot be shared: the object declares {wanted}, the shared map is {with.Layout}. "
                + "Build the object against this host's headers.");
        Check(Libbpf.bpf_map__reuse_fd(own, with.Handle), $"cannot share map '{map}' with {_name}");
    }

    /// <summary>Whether <see cref="Load"/> loads a program; all are loaded unless the source says otherwise.</summary>
    public void SetAutoload(string program, bool load) =>
        Check(Libbpf.bpf_program__set_autoload(Program(program), load), $"cannot leave out program '{program}' of {_name}");

    /// <summary>Prepares the uprobe programs for <see cref="UprobeFront.Multi"/> or <see cref="UprobeFront.Perf"/>: one program cannot serve both.</summary>
    public void UseUprobeMulti(bool multi)
    {
        AttachType type = multi ? AttachType.UprobeMulti : AttachType.None;
        foreach ((string name, nint program) in _programs)
        {
            if (BpfProgram.IsUprobe(Text(Libbpf.bpf_program__section_name(program))))
                Check(Libbpf.bpf_program__set_expected_attach_type(program, (int)type), $"cannot prepare program '{name}' of {_name}");
        }
    }

    /// <summary>
    /// Creates the maps and loads the programs. The spec is disposed of in any case, with libbpf's copies of the object: only kernel
    /// descriptors live on.
    /// </summary>
    /// <exception cref="BpfException">Refused: the message says why; <see cref="BpfException.VerifierLog"/> has the whole log.</exception>
    public BpfObject Load()
    {
        try
        {
            LibbpfLog.Begin();
            using VerifierLogs logs = new([.. _programs.Where(p => Libbpf.bpf_program__autoload(p.Value)).Select(p => (p.Key, p.Value))]);
            int result = Libbpf.bpf_object__load(_handle);
            return result == 0 ? new BpfObject(_name, _programs, _maps) : throw LoadFailure.Of(_name, -result, logs.Rejected());
        }
        finally
        {
            Dispose();
            HeapTrim.Run();
        }
    }

    /// <summary>
    /// Loads one program alone, with the maps, takes it out again at once and tells what the verifier counted. As <see cref="Load"/>, it uses the spec up.
    /// </summary>
    /// <exception cref="BpfException">Refused: the message says why; <see cref="BpfException.VerifierLog"/> has the whole log.</exception>
    public VerifierNumbers Verify(string program)
    {
        const uint statistics = 4; // BPF_LOG_STATS, include/linux/bpf_verifier.h
        try
        {
            LibbpfLog.Begin();
            nint wanted = Program(program);
            foreach ((string name, nint other) in _programs) Check(Libbpf.bpf_program__set_autoload(other, other == wanted), $"cannot leave out program '{name}' of {_name}");
            Check(Libbpf.bpf_program__set_log_level(wanted, statistics), $"cannot ask for the numbers of program '{program}' of {_name}");
            using VerifierLogs logs = new([(program, wanted)]);
            int result = Libbpf.bpf_object__load(_handle);
            if (result != 0) throw LoadFailure.Of(_name, -result, logs.First.Contains("processed ", StringComparison.Ordinal) ? (program, logs.First) : null);
            return VerifierNumbers.Of(logs.First);
        }
        finally
        {
            Dispose();
            HeapTrim.Run();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private Dictionary<string, BtfVariable> Variables => _variables ??= Btf.Variables().ToDictionary(v => v.Name);

    private static MapLayout LayoutOf(nint map) =>
        new((BpfMapType)Libbpf.bpf_map__type(map), Libbpf.bpf_map__key_size(map), Libbpf.bpf_map__value_size(map), Libbpf.bpf_map__max_entries(map));

    private nint Program(string name) => Live(_programs, "program", name);

    private nint Map(string name) => Live(_maps, "map", name);

    /// <summary>libbpf takes a null or stale pointer without a check, so both are caught here.</summary>
    private nint Live(Dictionary<string, nint> pointers, string kind, string name)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        return pointers.TryGetValue(name, out nint pointer) ? pointer : throw BpfException.NoSuch(kind, name, _name, pointers.Keys);
    }

    private static void Check(int result, string what)
    {
        if (result < 0) throw BpfException.From(what, -result);
    }

    /// <summary>libbpf calls the map of a section OBJECT.rodata, with as much of the object's name as fits; here it is .rodata.</summary>
    private static string MapName(string name) => name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? name[dot..] : name;

    private static string Text(nint utf8) => Marshal.PtrToStringUTF8(utf8) ?? "";
}
