using System.Text.RegularExpressions;
using Beyla.Ebpf.Native;

namespace Beyla.Ebpf;

/// <summary>Words for an object that could not be opened or loaded.</summary>
internal static partial class LoadFailure
{
    /// <summary>A failed load: a rejection by the verifier with its summary, else the error with libbpf's last words.</summary>
    public static BpfException Of(string obj, int errno, (string Program, string Log)? rejected)
    {
        if (rejected is var (program, log))
            return new BpfException($"cannot load the BPF program '{program}' of {obj}: the verifier rejected it: {VerifierSummary.Of(log)}.", errno, log);
        string? named = LibbpfLog.Lines.Select(l => ProgramOrMap().Match(l)).LastOrDefault(m => m.Success)?.Groups[1].Value;
        return Describe(named is null ? $"cannot load the BPF object {obj}" : $"cannot load the BPF {named.Replace("prog ", "program ", StringComparison.Ordinal)} of {obj}", errno);
    }

    /// <summary>The error number in words, then libbpf's last warning.</summary>
    public static BpfException Describe(string what, int errno)
    {
        string? said = LibbpfLog.Lines.LastOrDefault(l => !Repetition().IsMatch(l));
        // libbpf's own use of ESRCH: not found in the kernel's BTF
        string why = errno == Native.Errno.ESRCH ? "this kernel has no such hook or type (ESRCH)" : Native.Errno.Explain(errno);
        return new BpfException($"{what}: {why}.{(said is null ? "" : $" libbpf: {said}")}", errno);
    }

    [GeneratedRegex("^((?:prog|map) '[^']+')")]
    private static partial Regex ProgramOrMap();

    /// <summary>Lines that only say again, or guess, what the error number says.</summary>
    [GeneratedRegex("^failed to (load|open) object|failed to load: -|failed to prepare load attributes|BPF program load failed|^permission error while running as root|bpf_object__probe_loading")]
    private static partial Regex Repetition();
}
