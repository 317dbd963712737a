using Beyla.Ebpf;
using Beyla.Host.Plugins.Permissions;
using Beyla.Validation;

namespace Beyla.Host.Plugins;

/// <summary>Reads from a compiled BPF object what tables, event structs and permissions are compared with. Opens it only: needs no privilege.</summary>
internal static class BpfObjectLayouts
{
    /// <summary>The object's programs, slots and structs, and what it does.</summary>
    /// <exception cref="BpfException">It is not a BPF object with BTF.</exception>
    public static BpfObjectFacts? Read(string name, byte[] image)
    {
        using BpfObjectSpec spec = BpfObjectSpec.Open(name, image);
        IEnumerable<string> slots = spec.Btf.TryGetEnum("slot", out IReadOnlyDictionary<string, long>? constants)
            ? constants.Keys.Select(BpfName.Slot).OfType<string>()
            : [];
        return new(
            new BpfObjectLayout(spec.Programs, [.. slots], [.. spec.Btf.Structs.Select(s => Layout(spec.Btf, s))]),
            BpfObjectUse.Of(spec, image));
    }

    private static BpfStructLayout Layout(BtfTypes btf, string name)
    {
        btf.TryGetStruct(name, out BtfStruct? found);
        return new BpfStructLayout(name, found!.Size, [.. found.Fields.Select(f => new BpfFieldLayout(f.Name, f.OffsetBytes, f.SizeBytes))]);
    }
}
