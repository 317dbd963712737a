using Beyla.Ebpf.Native;

namespace Beyla.Ebpf;

/// <summary>Something about BPF could not be done. <see cref="Exception.Message"/> is a full sentence for the user.</summary>
public sealed class BpfException : Exception
{
    internal BpfException(string message, int errno = 0, string? verifierLog = null) : base(message)
    {
        Errno = errno;
        VerifierLog = verifierLog;
    }

    /// <summary>The error number of the kernel, or of libbpf (4000 and up); 0 when there was none.</summary>
    public int Errno { get; }

    /// <summary>Whether what it was tried on does not exist any more (ESRCH, ENOENT).</summary>
    public bool IsGone => Errno is Native.Errno.ESRCH or Native.Errno.ENOENT;

    /// <summary>The whole log of the verifier, when it rejected a program; its summary is in the message.</summary>
    public string? VerifierLog { get; }

    /// <summary>A failed call: "WHAT: explanation of the error number."</summary>
    /// <param name="what">What was tried on what, starting with "cannot".</param>
    /// <param name="errno">The positive error number.</param>
    internal static BpfException From(string what, int errno) => new($"{what}: {Native.Errno.Explain(errno)}.", errno);

    /// <summary>A name that the object lacks: the message lists those that exist.</summary>
    internal static BpfException NoSuch(string kind, string name, string owner, IEnumerable<string> existing)
    {
        string list = string.Join(", ", existing.Order(StringComparer.Ordinal));
        return new($"{owner} has no {kind} '{name}'; it has {(list.Length > 0 ? list : "none")}.", Native.Errno.ENOENT);
    }
}
