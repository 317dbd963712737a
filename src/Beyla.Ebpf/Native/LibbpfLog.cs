using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Beyla.Ebpf.Native;

/// <summary>
/// Takes what libbpf would print on stderr. The lines of the running thread are kept until the next call of <see cref="Begin"/>, for
/// the text of an exception; nothing reaches the terminal.
/// </summary>
internal static unsafe class LibbpfLog
{
    private const int LevelInfo = 1;      // enum libbpf_print_level: warn 0, info 1, debug 2
    private const int KeptLines = 16;
    private const int LineBytes = 4096;

    [ThreadStatic] private static Queue<string>? t_lines;

    /// <summary>Makes sure that libbpf is there and silent, and forgets the lines of earlier calls on this thread.</summary>
    /// <exception cref="BpfException">libbpf is not installed.</exception>
    public static void Begin()
    {
        _ = Silenced.Value;
        t_lines?.Clear();
    }

    /// <summary>The lines since <see cref="Begin"/>, oldest first.</summary>
    public static IReadOnlyCollection<string> Lines => t_lines is { } lines ? lines : [];

    private static readonly Lazy<bool> Silenced = new(() =>
    {
        if (!NativeLibrary.TryLoad(Libbpf.Library, out _))
            throw new BpfException($"{Libbpf.Library} was not found: it loads the eBPF programs. Install it (Debian: apt-get install libbpf1).");
        Libbpf.libbpf_set_print(&Print);
        return true;
    }, LazyThreadSafetyMode.PublicationOnly);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Print(int level, byte* format, void* arguments)
    {
        if (level > LevelInfo) return 0;
        try
        {
            // The va_list is handed through untouched: an array that decays on x86-64, a struct by reference on arm64.
            byte* line = stackalloc byte[LineBytes];
            int length = Math.Min(Libc.vsnprintf(line, LineBytes, format, arguments), LineBytes - 1);
            if (length > 0) Keep(Encoding.UTF8.GetString(line, length).TrimEnd('\n'));
        }
#pragma warning disable CA1031 // an exception that leaves a native callback ends the process
        catch (Exception) { }
#pragma warning restore CA1031
        return 0;
    }

    private static void Keep(string line)
    {
        Queue<string> lines = t_lines ??= new(KeptLines);
        if (lines.Count == KeptLines) lines.Dequeue();
        lines.Enqueue(line.StartsWith("libbpf: ", StringComparison.Ordinal) ? line[8..] : line);
    }
}
