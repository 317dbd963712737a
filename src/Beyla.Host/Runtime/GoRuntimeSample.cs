namespace Beyla.Host.Runtime;

/// <summary>What a Go runtime says about itself at one time, after the semantic conventions <c>go.*</c>. Null: not known of this program.</summary>
internal readonly record struct GoRuntimeSample
{
    /// <summary>Goroutines of the program, without the runtime's own: <c>go.goroutine.count</c>.</summary>
    public long? Goroutines { get; init; }

    /// <summary>GOMAXPROCS: <c>go.processor.limit</c>.</summary>
    public long? Processors { get; init; }

    /// <summary>GOGC, -1 when off: <c>go.config.gogc</c>.</summary>
    public long? GcPercent { get; init; }

    /// <summary>GOMEMLIMIT in bytes, <see cref="long.MaxValue"/> without one: <c>go.memory.limit</c>.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Bytes that the runtime has from the system and has not given back (mgcpacer.go, mappedReady): <c>go.memory.used</c>.</summary>
    public long? MemoryUsed { get; init; }

    /// <summary>Bytes of spans with objects in them (mgcpacer.go, heapInUse).</summary>
    public long? HeapInUse { get; init; }

    /// <summary>
    /// Bytes allocated since the start, also those that were freed: <c>go.memory.allocated</c>. What processors have taken since their caches were last
    /// flushed is not yet in it (mgcpacer.go, totalAlloc).
    /// </summary>
    public long? Allocated { get; init; }

    /// <summary>Garbage collections completed.</summary>
    public long? Collections { get; init; }

    /// <summary>Time the world was stopped for them, all together; Go counts it in ns.</summary>
    public TimeSpan? Paused { get; init; }
}
