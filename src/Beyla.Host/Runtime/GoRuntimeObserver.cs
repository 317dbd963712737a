namespace Beyla.Host.Runtime;

/// <summary>
/// What a Go runtime knows of itself, as <c>go.*</c> metrics (semantic conventions, "Go runtime"; the two of <c>go.gc</c> are not among those). Not told: <c>go.memory.gc.goal</c> and
/// <c>go.memory.allocations</c>, which no variable of the runtime holds, and <c>go.schedule.duration</c>.
/// </summary>
internal sealed class GoRuntimeObserver : IProcessObserver
{
    /// <summary>telemetry.sdk.language of the processes concerned.</summary>
    private const string Language = "go";

    internal static readonly ObservedMetric
        Goroutines = new("go.goroutine.count", "Count of live goroutines.", "{goroutine}", ObservedKind.UpDownCounter),
        Processors = new("go.processor.limit", "The number of OS threads that can execute user-level Go code simultaneously.", "{thread}", ObservedKind.UpDownCounter),
        GcPercent = new("go.config.gogc", "Heap size target percentage configured by the user, otherwise 100; negative: off.", "%", ObservedKind.UpDownCounter),
        MemoryLimit = new("go.memory.limit", "Go runtime memory limit configured by the user, if a limit exists.", "By", ObservedKind.UpDownCounter),
        MemoryUsed = new("go.memory.used", "Memory used by the Go runtime.", "By", ObservedKind.UpDownCounter),
        Allocated = new("go.memory.allocated", "Memory allocated to the heap by the application.", "By", ObservedKind.Counter),
        Collections = new("go.gc.count", "Garbage collections completed.", "{collection}", ObservedKind.Counter),
        Paused = new("go.gc.pause.time", "Time for which garbage collections stopped the program.", "s", ObservedKind.Counter);

    public IReadOnlyList<ObservedMetric> ObservedMetrics { get; } = [Goroutines, Processors, GcPercent, MemoryLimit, MemoryUsed, Allocated, Collections, Paused];

    public IProcessObservation? TryObserve(in ObservedProcess process) =>
        process.Language == Language && GoRuntimeReader.TryOpen(process.Pid) is { } reader ? new Observation(reader) : null;

    private sealed class Observation(GoRuntimeReader reader) : IProcessObservation
    {
        public bool Read(IObservedValues values)
        {
            GoRuntimeSample sample = reader.Read();
            Set(values, Goroutines, sample.Goroutines);
            Set(values, Processors, sample.Processors);
            Set(values, GcPercent, sample.GcPercent);
            Set(values, MemoryLimit, sample.MemoryLimit is long.MaxValue ? null : sample.MemoryLimit);
            Set(values, MemoryUsed, sample.MemoryUsed);
            Set(values, Allocated, sample.Allocated);
            Set(values, Collections, sample.Collections);
            if (sample.Paused is { } paused) values.Set(Paused, paused.TotalSeconds);
            return sample != default;
        }

        public void Dispose() => reader.Dispose();

        private static void Set(IObservedValues values, ObservedMetric metric, long? value)
        {
            if (value is { } known) values.Set(metric, known);
        }
    }
}
