using System.Reflection;

namespace Beyla;

/// <summary>Where the bytes of a tracer's compiled BPF object come from.</summary>
public sealed class BpfObjectSource
{
    private readonly Assembly _assembly;

    private BpfObjectSource(Assembly assembly, string resource)
    {
        _assembly = assembly;
        Name = resource;
    }

    /// <summary>The resource's name, for messages: <c>net_http.bpf.o</c>.</summary>
    public string Name { get; }

    /// <summary>The object embedded under <paramref name="resource"/> in the assembly of <typeparamref name="TTracer"/>.</summary>
    public static BpfObjectSource EmbeddedIn<TTracer>(string resource) where TTracer : ITracer => new(typeof(TTracer).Assembly, resource);

    /// <summary>Reads the ELF image.</summary>
    /// <exception cref="InvalidOperationException">The assembly has no resource of that name.</exception>
    public byte[] Read()
    {
        using Stream stream = _assembly.GetManifestResourceStream(Name)
            ?? throw new InvalidOperationException(
                $"assembly {_assembly.GetName().Name} has no embedded BPF object '{Name}': build it with the Beyla build targets.");
        byte[] image = new byte[stream.Length];
        stream.ReadExactly(image);
        return image;
    }
}
