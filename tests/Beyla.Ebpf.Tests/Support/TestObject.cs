namespace Beyla.Ebpf.Tests;

/// <summary>The BPF objects built from bpf/.</summary>
internal static class TestObject
{
    public static byte[] Image(string name)
    {
        using Stream stream = typeof(TestObject).Assembly.GetManifestResourceStream(name)!;
        byte[] image = new byte[stream.Length];
        stream.ReadExactly(image);
        return image;
    }

    public static BpfObjectSpec Open(string name) => BpfObjectSpec.Open(name, Image(name));

    /// <summary>Opens with a ring of its own size.</summary>
    public static BpfObject Load(string name, uint ringBytes, Action<BpfObjectSpec>? change = null)
    {
        using BpfObjectSpec spec = Open(name);
        spec.SetMaxEntries("events", ringBytes);
        change?.Invoke(spec);
        return spec.Load();
    }
}
