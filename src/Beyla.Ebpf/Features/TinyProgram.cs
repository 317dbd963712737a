using Beyla.Ebpf.Native;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Ebpf;

/// <summary>The smallest programs that a feature probe can load, as instructions (struct bpf_insn, little endian).</summary>
internal static unsafe class TinyProgram
{
    private const ulong ReturnZero = 0x0000_0000_0000_00b7, Exit = 0x95; // r0 = 0; exit
    private const ulong GetAttachCookie = 0x0000_00ae_0000_0085;         // call 174 (bpf_get_attach_cookie), context in r1

    /// <summary>A program that does nothing.</summary>
    public static SafeFileHandle Load(ProgramType type, string what, AttachType attachType = AttachType.None, int btfId = 0) =>
        Load([ReturnZero, Exit], type, what, attachType, btfId);

    /// <summary>A program that asks for its attach cookie.</summary>
    public static SafeFileHandle LoadWithCookie(ProgramType type, string what, AttachType attachType) =>
        Load([GetAttachCookie, ReturnZero, Exit], type, what, attachType, 0);

    private static SafeFileHandle Load(ReadOnlySpan<ulong> instructions, ProgramType type, string what, AttachType attachType, int btfId)
    {
        LibbpfLog.Begin();
        ProgramLoadOptions options = new()
        {
            Size = (nuint)sizeof(ProgramLoadOptions),
            ExpectedAttachType = (int)attachType,
            AttachBtfId = (uint)btfId,
        };
        fixed (ulong* code = instructions)
        {
            int fd = Libbpf.bpf_prog_load((int)type, "beyla_feature", "Dual MIT/GPL", code, (nuint)instructions.Length, &options);
            return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw BpfException.From(what, -fd);
        }
    }
}
