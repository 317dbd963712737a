namespace Beyla.Ebpf.Native;

/// <summary><c>enum bpf_prog_type</c>: those in use.</summary>
internal enum ProgramType
{
    Kprobe = 2,
    RawTracepoint = 17,
    Tracing = 26,
    Syscall = 31,
}

/// <summary><c>enum bpf_attach_type</c>: those in use.</summary>
internal enum AttachType
{
    None = 0,
    TraceRawTracepoint = 23,
    TraceFentry = 24,
    TraceFexit = 25,
    TraceIterator = 28,
    PerfEvent = 41,
    UprobeMulti = 48,
}
