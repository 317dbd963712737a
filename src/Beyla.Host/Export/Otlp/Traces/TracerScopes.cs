using Beyla.Host.Export.Otlp.Wire;
using Beyla.Host.Plugins;

namespace Beyla.Host.Export.Otlp.Traces;

/// <summary>The instrumentation scopes: name and version of each tracer, encoded once (common.proto, InstrumentationScope).</summary>
internal sealed class TracerScopes
{
    private const int Name = 1, Version = 2;
    private readonly Dictionary<string, byte[]> _encoded;

    /// <param name="tracers">Name and version of each tracer.</param>
    public TracerScopes(IEnumerable<(string Name, string? Version)> tracers) => _encoded = tracers.ToDictionary(t => t.Name, t => Encode(t.Name, t.Version));

    /// <summary>The scopes of loaded tracers; the version is that of the assembly.</summary>
    public static TracerScopes Of(IEnumerable<ITracer> tracers) =>
        new(tracers.Select(t => (t.Name, ((t as TracerFaults)?.Inner ?? t).GetType().Assembly.GetName().Version?.ToString(3))));

    /// <summary>The encoded scope of a tracer.</summary>
    public ReadOnlySpan<byte> Of(string tracer) => _encoded[tracer];

    /// <summary>Encodes a scope.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">Its version, if it has one.</param>
    public static byte[] Encode(string name, string? version)
    {
        ProtobufWriter scope = new(64);
        scope.Text(Name, name);
        if (version is not null) scope.Text(Version, version);
        return scope.Written.ToArray();
    }
}
