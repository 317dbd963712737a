using System.Text;

namespace Beyla.Elf;

/// <summary>The itabs that the linker laid out: one per pair of concrete type and interface that the program converts between.</summary>
internal sealed class ItabTable(TypeReader types)
{
    private readonly Lazy<Itab[]> _itabs = new(() => [.. Itab.ReadAll(types)], LazyThreadSafetyMode.None);

    /// <summary>Link-time address of an itab. One that is missing here may still be made at run time.</summary>
    public ulong? Find(string concrete, string @interface)
    {
        byte[] concreteName = Encoding.UTF8.GetBytes(concrete), interfaceName = Encoding.UTF8.GetBytes(@interface);
        Dictionary<ulong, bool> interfaces = [];
        foreach (Itab itab in _itabs.Value)
        {
            if (!interfaces.TryGetValue(itab.Interface, out bool same))
                interfaces[itab.Interface] = same = types.Matches(itab.Interface, interfaceName);
            if (same && types.Matches(itab.Concrete, concreteName))
                return itab.Address;
        }
        return null;
    }
}
