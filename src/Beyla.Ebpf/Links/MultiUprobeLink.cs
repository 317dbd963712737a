using System.Text;
using Beyla.Ebpf.Native;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Ebpf;

/// <summary>One uprobe_multi link (bpf_uprobe_multi_link_attach in kernel/trace/bpf_trace.c).</summary>
internal sealed unsafe class MultiUprobeLink : UprobeLink
{
    private const uint AtReturn = 1; // BPF_F_UPROBE_MULTI_RETURN

    private readonly SafeFileHandle _link;

    public MultiUprobeLink(BpfProgram program, string path, int pid, IReadOnlyList<UprobeSite> sites, bool atReturn)
    {
        int result = Create(program.Handle, atReturn, path, pid, sites);
        if (result < 0) throw Failure(program, path, pid, sites, -result);
        _link = new SafeFileHandle(result, ownsHandle: true);
    }

    /// <returns>The link's descriptor, or the negative errno.</returns>
    public static int Create(SafeFileHandle program, bool atReturn, string path, int pid, IReadOnlyList<UprobeSite> sites)
    {
        ulong[] offsets = new ulong[sites.Count], cookies = new ulong[sites.Count];
        for (int i = 0; i < sites.Count; i++) (offsets[i], cookies[i]) = (sites[i].FileOffset, sites[i].Cookie);
        fixed (byte* file = Encoding.UTF8.GetBytes(path + '\0'))
        fixed (ulong* o = offsets, c = cookies)
        {
            LinkCreate attributes = new()
            {
                ProgramFd = (uint)program.DangerousGetHandle(),
                AttachType = AttachType.UprobeMulti,
                Path = (ulong)file,
                Offsets = (ulong)o,
                Cookies = (ulong)c,
                Count = (uint)sites.Count,
                UprobeFlags = atReturn ? AtReturn : 0,
                Pid = (uint)pid,
            };
            int result = BpfSyscall.CreateLink(ref attributes);
            GC.KeepAlive(program);
            return result;
        }
    }

    public override void Dispose() => _link.Dispose();
}
