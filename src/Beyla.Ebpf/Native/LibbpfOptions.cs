using System.Runtime.InteropServices;

namespace Beyla.Ebpf.Native;

/// <summary>The head of <c>struct bpf_object_open_opts</c> (libbpf.h): libbpf takes what lies beyond <c>sz</c> as zero.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ObjectOpenOptions
{
    public nuint Size;
    public byte* ObjectName;
}

/// <summary>The head of <c>struct bpf_prog_load_opts</c> (bpf.h of libbpf).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProgramLoadOptions
{
    public nuint Size;
    public int Attempts;
    public int ExpectedAttachType;
    public uint ProgramBtfFd;
    public uint ProgramFlags;
    public uint InterfaceIndex;
    public uint KernelVersion;
    public uint AttachBtfId;
    public uint AttachProgramFd;
}

/// <summary><c>struct bpf_test_run_opts</c> (bpf.h of libbpf).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TestRunOptions
{
    public nuint Size;
    public void* DataIn;
    public void* DataOut;
    public uint DataSizeIn;
    public uint DataSizeOut;
    public void* ContextIn;
    public void* ContextOut;
    public uint ContextSizeIn;
    public uint ContextSizeOut;
    public uint ReturnValue;
    public int Repeat;
    public uint Duration;
    public uint Flags;
    public uint Cpu;
    public uint BatchSize;
}
