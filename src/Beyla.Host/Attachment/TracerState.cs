namespace Beyla.Host.Attachment;

/// <summary>How a tracer's BPF object is doing.</summary>
internal enum TracerState
{
    /// <summary>Not in the kernel: no process has needed it yet.</summary>
    Idle,

    /// <summary>Loaded; ready to be attached.</summary>
    Ok,

    /// <summary>The kernel or the checks refused it; the reason says why. Other tracers are not affected.</summary>
    Failed,
}
