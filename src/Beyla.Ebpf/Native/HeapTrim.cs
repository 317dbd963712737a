namespace Beyla.Ebpf.Native;

/// <summary>
/// Gives freed heap pages back to the system. libbpf reads the whole kernel BTF (about 6 MB) for each load and frees it, but glibc keeps
/// such pages: it raises its thresholds by what was freed (mallopt(3)), and what lies at the end of a thread's arena malloc_trim leaves there.
/// </summary>
internal static class HeapTrim
{
    private const int TrimThreshold = -1, MmapThreshold = -3; // M_TRIM_THRESHOLD, M_MMAP_THRESHOLD: malloc.h
    private const int Bytes = 128 * 1024;                     // what glibc begins with

    /// <summary>Before the first load: the thresholds stay where they are.</summary>
    public static void Prepare() => OfGlibc(() => Libc.mallopt(MmapThreshold, Bytes) & Libc.mallopt(TrimThreshold, Bytes));

    /// <summary>After a load.</summary>
    public static void Run() => OfGlibc(() => Libc.malloc_trim(0));

    private static void OfGlibc(Func<int> call)
    {
        try
        {
            _ = call();
        }
        catch (EntryPointNotFoundException)
        {
            // a libc other than glibc: it has its own policy
        }
    }
}
