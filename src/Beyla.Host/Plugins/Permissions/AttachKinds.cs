namespace Beyla.Host.Plugins.Permissions;

/// <summary>
/// Kinds of BPF programs, by the word that begins a program's section (libbpf's section_defs, src/libbpf.c): it says the program's type and how it is
/// attached. Those that this host can attach.
/// </summary>
internal static class AttachKinds
{
    /// <summary>Kinds that take no permission: they run in the selected processes only.</summary>
    public static readonly IReadOnlyList<string> OfEveryPlugin = ["uprobe", "uretprobe"];

    /// <summary>All that can be declared. The rest of them run in every process, at the kernel's own functions.</summary>
    public static readonly IReadOnlyList<string> All = [.. OfEveryPlugin, "tp_btf", "raw_tp", "fentry", "fexit", "kprobe", "kretprobe"];

    /// <summary>The kind of a section: <c>tp_btf/sched_process_exec</c> → <c>tp_btf</c>.</summary>
    public static string Of(string section)
    {
        string word = section.Split('/')[0];
        return word switch
        {
            "raw_tracepoint" => "raw_tp",
            "uprobe.multi" => "uprobe",
            "uretprobe.multi" => "uretprobe",
            _ => word,
        };
    }
}
