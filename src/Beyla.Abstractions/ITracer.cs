namespace Beyla;

/// <summary>
/// What every plugin exports: one protocol, as tables (<see cref="IUprobeSet"/>, <see cref="IKprobeSet"/>), one BPF object and one decode function.
/// A tracer holds no file, thread, timer or log; the host attaches, reads and exports. Implementations need a public parameterless constructor.
/// </summary>
public interface ITracer
{
    /// <summary>Kebab-case name, unique in the host: the table <c>[tracers.&lt;name&gt;]</c> in beyla.toml and the label <c>tracer</c> in metrics.</summary>
    string Name { get; }

    /// <summary>The tracer's BPF object, embedded in its assembly.</summary>
    BpfObjectSource Bpf { get; }

    /// <summary>
    /// Turns one ring-buffer record into 0..n spans. Called on one thread at a time, in the order of the ring; must not block and should not
    /// allocate. An exception costs this event only: it is counted against the tracer.
    /// </summary>
    void Decode(in BpfEvent e, ISpanWriter spans);
}
