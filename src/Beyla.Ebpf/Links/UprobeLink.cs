using Beyla.Ebpf.Native;

namespace Beyla.Ebpf;

/// <summary>Uprobes of one program at sites of one file; they are removed on dispose, and when this process ends.</summary>
public abstract class UprobeLink : IDisposable
{
    private protected UprobeLink()
    {
    }

    /// <summary>Attaches at all sites, or at none.</summary>
    /// <param name="program">A program in SEC("uprobe") or SEC("uretprobe") (then at the functions' returns), prepared for the front
    /// (<see cref="BpfObjectSpec.UseUprobeMulti"/>).</param>
    /// <param name="path">The executable or library; links such as /proc/PID/exe are followed.</param>
    /// <param name="pid">The process in whose memory the probes go; 0: every process that maps the file, now and later.</param>
    /// <param name="sites">At least one.</param>
    /// <param name="front">How.</param>
    /// <param name="atReturn">Whether the program runs when the functions that begin at the sites return; null: as its section says.</param>
    /// <exception cref="BpfException">A site is beyond the file, the process has ended, the kernel refused ...</exception>
    public static UprobeLink Attach(BpfProgram program, string path, int pid, IReadOnlyList<UprobeSite> sites, UprobeFront front, bool? atReturn = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(sites.Count, nameof(sites));
        ArgumentOutOfRangeException.ThrowIfNegative(pid);
        bool multi = program.AttachType == AttachType.UprobeMulti;
        if (!BpfProgram.IsUprobe(program.Section))
            throw new BpfException($"{program} is no uprobe: it stands in SEC(\"{program.Section}\").");
        if (multi != (front == UprobeFront.Multi))
            throw new BpfException($"{program} was loaded for the {(multi ? UprobeFront.Multi : UprobeFront.Perf)} front, not for {front}: "
                + $"call UseUprobeMulti({(front == UprobeFront.Multi ? "true" : "false")}) before Load.");
        bool returns = atReturn ?? program.AtReturn;
        return multi ? new MultiUprobeLink(program, path, pid, sites, returns) : new PerfUprobeLink(program, path, pid, sites, returns);
    }

    /// <summary>
    /// Removes the probes without waiting for the kernel's grace periods (some 20 ms a link, 100 ms a perf event): for a process's exit or
    /// shutdown, where many links go at once.
    /// </summary>
    public void DisposeInBackground() => BackgroundClose.Add([this]);

    /// <summary>Removes the probes of several links without waiting, and calls <paramref name="removed"/> on a background thread when the last is gone.</summary>
    public static void DisposeInBackground(IReadOnlyList<UprobeLink> links, Action removed)
    {
        Countdown countdown = new(links.Count, removed);
        BackgroundClose.Add(links.Select(IDisposable (link) => new Counted(link, countdown)));
        if (links.Count == 0) removed();
    }

    /// <summary>Waits for what is being closed in the background: perf events, and links by <see cref="DisposeInBackground"/>.</summary>
    /// <returns>false: some are still open after <paramref name="timeout"/>. The kernel closes them when this process ends.</returns>
    public static bool DrainClosing(TimeSpan timeout) => BackgroundClose.Drain(timeout);

    /// <summary>Removes the probes.</summary>
    public abstract void Dispose();

    private protected static BpfException Failure(BpfProgram program, string path, int pid, IReadOnlyList<UprobeSite> sites, int errno)
    {
        string where = $"{path} ({sites.Count} site(s), {(pid == 0 ? "every process" : $"process {pid}")})";
        string what = $"cannot attach {program} to {where}";
        if (FileLength(path) is not { } length) return new BpfException($"{what}: the file cannot be opened.", errno);
        foreach (UprobeSite site in sites)
        {
            if (site.FileOffset >= (ulong)length)
                return new BpfException($"{what}: offset 0x{site.FileOffset:x} lies beyond the end of the file, which has 0x{length:x} bytes. "
                    + "Offsets are those in the file, not addresses.", errno);
        }
        return errno is Native.Errno.ENOTSUPP or Native.Errno.EOPNOTSUPP
            ? new BpfException($"{what}: the kernel cannot probe the instruction at one of the sites ({Native.Errno.Name(errno)}).", errno)
            : BpfException.From(what, errno);
    }

    private sealed class Countdown(int count, Action removed)
    {
        private int _left = count;

        public void Signal()
        {
            if (Interlocked.Decrement(ref _left) == 0) removed();
        }
    }

    private sealed class Counted(UprobeLink link, Countdown countdown) : IDisposable
    {
        public void Dispose()
        {
            link.Dispose();
            countdown.Signal();
        }
    }

    private static long? FileLength(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, options: FileOptions.None);
            return RandomAccess.GetLength(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
