using Microsoft.Win32.SafeHandles;

namespace Beyla.Ebpf.Native;

/// <summary>Owner of a <c>struct bpf_object *</c>.</summary>
internal sealed class BpfObjectHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    public BpfObjectHandle(nint pointer) : this() => SetHandle(pointer);

    protected override bool ReleaseHandle()
    {
        Libbpf.bpf_object__close(handle);
        return true;
    }
}
