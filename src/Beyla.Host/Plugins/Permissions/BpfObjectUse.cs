using Beyla.Ebpf;

namespace Beyla.Host.Plugins.Permissions;

/// <summary>What a compiled BPF object does, read from the object itself: it is what is loaded, whatever its manifest says. Needs no privilege.</summary>
/// <param name="Programs">Each program with its kind, see <see cref="AttachKinds"/>.</param>
/// <param name="Helpers">Names of the helpers that any of its code calls.</param>
/// <param name="MapMemory">Bytes of its own maps in the kernel, by <see cref="MapLayout.Bytes"/>.</param>
internal sealed record BpfObjectUse(IReadOnlyList<(string Program, string Kind)> Programs, IReadOnlyList<string> Helpers, long MapMemory)
{
    /// <summary>Reads an object.</summary>
    /// <exception cref="BpfException">It is not a BPF object with BTF.</exception>
    public static BpfObjectUse Read(string name, byte[] image)
    {
        using BpfObjectSpec spec = BpfObjectSpec.Open(name, image);
        return Of(spec, image);
    }

    /// <summary>Reads an object that is open.</summary>
    public static BpfObjectUse Of(BpfObjectSpec spec, byte[] image) =>
        new(
            [.. spec.Programs.Select(p => (p, AttachKinds.Of(spec.Section(p))))],
            [.. HelperCalls.In(image).Distinct().Order().Select(BpfHelpers.NameOf)],
            spec.Maps.Where(IsOwn).Sum(m => spec.Layout(m).Bytes));

    /// <summary>Maps that the host makes once for all tracers are not the plugin's.</summary>
    public static bool IsOwn(string map) => map != "events" && !map.StartsWith("shared_", StringComparison.Ordinal);
}
