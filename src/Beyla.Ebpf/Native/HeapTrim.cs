namespace Beyla.Ebpf.Native;

/// <summary>
/// Gives freed heap pages back to the system. libbpf reads the whole kernel BTF (about 6 MB) for each load and frees it, but glibc keeps
/// such pages.
/// </summary>
internal static class HeapTrim
{
    public static void Run()
    {
        try
        {
            _ = Libc.malloc_trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // a libc other than glibc: it has its own policy
        }
    }
}
