using System.Runtime.CompilerServices;
using Beyla.Host.Export.Otlp.Wire;
using Beyla.Host.Identity;
using Beyla.Host.Spans;

namespace Beyla.Host.Export.Otlp;

/// <summary>The resource of a process under trace: who it is in every signal (semantic conventions, resource attributes).</summary>
/// <param name="attributes">Name and value: a string or a long.</param>
internal sealed class ProcessResource(IReadOnlyList<(string Key, object Value)> attributes)
{
    private const int Attributes = 1; // Resource
    private byte[]? _encoded;

    /// <summary>Its attributes, each once.</summary>
    public IReadOnlyList<(string Key, object Value)> All => attributes;

    /// <summary>The encoded message Resource (resource.proto).</summary>
    public ReadOnlySpan<byte> Encoded => _encoded ??= Encode();

    private byte[] Encode()
    {
        ProtobufWriter resource = new(512);
        foreach ((string key, object value) in attributes)
        {
            if (value is long number) resource.Attribute(Attributes, key, number);
            else resource.Attribute(Attributes, key, (string)value);
        }
        return resource.Written.ToArray();
    }
}

/// <summary>Makes the resource of each process once. Safe to use from several threads.</summary>
internal sealed class ProcessResources
{
    private const string Distribution = "beyla", InstanceId = "service.instance.id";

    private readonly string _host;
    private readonly string _version;
    private readonly string? _instance;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _additional;
    private readonly ConditionalWeakTable<TracedProcess, ProcessResource>.CreateValueCallback _make;

    // Weak: an entry lives as long as its process is known.
    private readonly ConditionalWeakTable<TracedProcess, ProcessResource> _known = [];

    /// <param name="host">Name of the host.</param>
    /// <param name="version">Version of the agent.</param>
    /// <param name="additional">
    /// Attributes that the user adds to all (OTEL_RESOURCE_ATTRIBUTES). What is known of the process itself wins; they win over what is the host's.
    /// </param>
    /// <param name="instance">service.instance.id of every process; null: one for each.</param>
    public ProcessResources(string host, string version, IReadOnlyList<KeyValuePair<string, string>> additional, string? instance = null) =>
        (_host, _version, _additional, _instance, _make) = (host, version, additional, instance, Make);

    /// <summary>The resource of a process.</summary>
    public ProcessResource Of(TracedProcess process) => _known.GetValue(process, _make);

    private ProcessResource Make(TracedProcess process)
    {
        Dictionary<string, object> all = new() { ["host.name"] = _host };
        foreach ((string key, string value) in HostAttributes.All) all[key] = value;
        foreach ((string key, string value) in _additional) all[key] = value;
        foreach ((string key, string value) in process.Attributes) all[key] = value;
        all["service.name"] = process.Service.Name;
        if (process.Service.Namespace is { } name) all["service.namespace"] = name;
        // The same after a restart of the agent, another for a process that reuses the pid; the process' own, if it was given one.
        if (_instance is not null || process.Attributes.All(a => a.Key != InstanceId))
            all[InstanceId] = _instance ?? string.Create(null, $"{_host}:{process.Info.Pid}:{process.Info.Id.StartTime}");
        all["process.pid"] = (long)process.Info.Pid;
        all["process.executable.name"] = Path.GetFileName(process.Info.ExecutablePath);
        all["process.executable.path"] = process.Info.ExecutablePath;
        all["telemetry.sdk.language"] = process.Language;
        all["telemetry.sdk.name"] = Distribution;
        all["telemetry.sdk.version"] = _version;
        all["telemetry.distro.name"] = Distribution;
        all["telemetry.distro.version"] = _version;
        return new ProcessResource([.. all.Select(a => (a.Key, a.Value))]);
    }
}
