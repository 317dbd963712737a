namespace Beyla.Host.Metrics.Processes;

/// <summary>
/// What the kernel knows of a process, as <c>process.*</c> metrics (semantic conventions, "Process"). Network traffic is not among them: the kernel
/// counts it for a network namespace, not for a process.
/// </summary>
/// <param name="time">The clock of the utilization.</param>
internal sealed class KernelProcessObserver(TimeProvider time) : IProcessObserver
{
    private static readonly AttributeKey CpuMode = new("cpu.mode"), Direction = new("disk.io.direction"), FaultType = new("system.paging.fault.type");

    internal static readonly ObservedMetric
        CpuTime = new("process.cpu.time", "CPU time that the process used.", "s", ObservedKind.Counter) { Attributes = [CpuMode] },
        CpuUtilization = new("process.cpu.utilization", "Share of the machine's CPUs that the process used since the values were last looked up.", "1", ObservedKind.Gauge) { Attributes = [CpuMode] },
        MemoryUsage = new("process.memory.usage", "Physical memory in use.", "By", ObservedKind.UpDownCounter),
        MemoryVirtual = new("process.memory.virtual", "Committed virtual memory.", "By", ObservedKind.UpDownCounter),
        DiskIo = new("process.disk.io", "Bytes that the process read from and wrote to disks.", "By", ObservedKind.Counter) { Attributes = [Direction] },
        Threads = new("process.thread.count", "Threads of the process.", "{thread}", ObservedKind.UpDownCounter),
        Files = new("process.unix.file_descriptor.count", "File descriptors that the process has open.", "{file_descriptor}", ObservedKind.UpDownCounter),
        Faults = new("process.paging.faults", "Page faults of the process.", "{fault}", ObservedKind.Counter) { Attributes = [FaultType] },
        Uptime = new("process.uptime", "Time since the process began.", "s", ObservedKind.Gauge);

    public IReadOnlyList<ObservedMetric> ObservedMetrics { get; } = [CpuTime, CpuUtilization, MemoryUsage, MemoryVirtual, DiskIo, Threads, Files, Faults, Uptime];

    public IProcessObservation? TryObserve(in ObservedProcess process) => new KernelProcessObservation(process.Pid, time);
}
